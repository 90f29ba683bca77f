import NDJSON

/// What makes an event the one it is: the values of the rule's fields.
///
/// Numbers keep their text, so that 1.10 and 1.1 are two; ids are one whether they are a number or a string of digits.
struct Identity {
    let fingerprint: Fingerprint
    private let fields: Fields
    private let rule: IdentityRule
    /// How many of the rule's fields count: event_time does for updates alone.
    private let count: Int

    /// - Parameters:
    ///   - fields: Found at the rule's paths, whatever stands before them, from index 0 on.
    ///   - text: Room to work in.
    init(_ fields: Fields, _ rule: IdentityRule, text: inout JSONText) throws(EventError) {
        var count = rule.paths.count
        if rule.isWebhook {
            if let id = fields[1], id.id == nil, id.kind != .null {
                throw .notAnID(field: rule.paths[1], id.excerpt)
            }
            if fields[2]?.string != "update" { count -= 1 }
        }
        for index in 0..<count {
            switch fields[index]?.kind {
            case nil, .null: throw .missing(field: rule.paths[index])
            case .object, .array: throw .notAScalar(field: rule.paths[index], fields[index]?.excerpt ?? Excerpt(""))
            case .string, .number, .true, .false: break
            }
        }
        self.fields = fields
        self.rule = rule
        self.count = count
        text.removeAll()
        text.array { text in
            for index in 0..<count { Identity.write(fields[index], to: &text) }
        }
        fingerprint = Fingerprint(of: text.bytes)
    }

    /// Appends the values alone, each in the one form that all its notations have in common.
    func writeValues(to text: inout JSONText) {
        for index in 0..<count { Identity.write(fields[index], to: &text) }
    }

    /// The values alone, for a message.
    var name: Excerpt {
        let values = (0..<count).map { index in
            let value = fields[index]
            return value?.string ?? value?.text ?? ""
        }
        return Excerpt(values.joined(separator: " "))
    }

    /// Appends the fields as the object that has them at the rule's paths, and nothing else.
    func write(to text: inout JSONText) {
        write(Array(0..<count), depth: 0, to: &text)
    }

    private func write(_ indices: [Int], depth: Int, to text: inout JSONText) {
        let keys = rule.paths.map { $0.split(separator: ".") }
        text.object { text in
            var written: Set<Substring> = []
            for index in indices where written.insert(keys[index][depth]).inserted {
                text.key(escaping: String(keys[index][depth]))
                if keys[index].count == depth + 1 {
                    Identity.write(fields[index], to: &text)
                } else {
                    let below = indices.filter { keys[$0].count > depth && keys[$0][depth] == keys[index][depth] }
                    write(below, depth: depth + 1, to: &text)
                }
            }
        }
    }

    /// Appends a value in the one form that all its notations have in common.
    private static func write(_ value: JSONValue?, to text: inout JSONText) {
        guard let value else { return }
        if let id = value.id {
            text.value(id)
        } else if value.kind == .string, !isPlain(value.bytes), let string = value.string {
            text.value(string)
        } else {
            text.value(value)
        }
    }

    /// Whether a string has only one notation as it stands: nothing escaped, nothing that should be.
    private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
