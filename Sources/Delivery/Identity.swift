import NDJSON

/// What makes an event the one it is: the values of the rule's fields.
///
/// Numbers keep their text, so that 1.10 and 1.1 are two; ids are one whether they are a number or a string of digits.
struct Identity {
    let fingerprint: Fingerprint
    /// The values, each in the one form that all its notations have in common, with commas between them.
    let text: [UInt8]
    private let fields: Fields
    private let rule: IdentityRule
    /// How many of the rule's fields count: event_time does for updates alone.
    private let count: Int

    /// - Parameters:
    ///   - fields: Found at the rule's paths, whatever stands before them, from index 0 on.
    ///   - room: Bytes to work in. Who lets go of one identity before it reads the next allocates nothing.
    init(_ fields: Fields, _ rule: IdentityRule, room: inout [UInt8]) throws(EventError) {
        var count = rule.paths.count
        // An object has one creation and many updates, told apart by their times.
        if rule.isWebhook, !Identity.isUpdate(fields[2]) { count -= 1 }
        room.removeAll(keepingCapacity: true)
        for index in 0..<count {
            let value = fields[index]
            let kind = value?.kind ?? .null
            guard let value, kind != .null else { throw .missing(field: rule.paths[index]) }
            let isID = value.id != nil
            if rule.isWebhook, index == 1, !isID { throw .notAnID(field: rule.paths[index], value.excerpt) }
            guard kind != .object, kind != .array else { throw .notAScalar(field: rule.paths[index], value.excerpt) }
            if index > 0 { room.append(UInt8(ascii: ",")) }
            Identity.append(value, isID: isID, isText: kind == .string, to: &room)
        }
        fingerprint = Fingerprint(of: room)
        text = room
        self.fields = fields
        self.rule = rule
        self.count = count
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
    private static func append(_ value: JSONValue, isID: Bool, isText: Bool, to bytes: inout [UInt8]) {
        let text = value.bytes
        if isID {
            // An id has no leading zeros, so that its digits are its one form.
            bytes += isText ? text.dropFirst().dropLast() : text
        } else if isText, !isPlain(text), let string = value.string {
            var escaped = JSONText()
            escaped.value(string)
            bytes += escaped.bytes
        } else {
            bytes += text
        }
    }

    private static func write(_ value: JSONValue?, to text: inout JSONText) {
        guard let value else { return }
        var bytes: [UInt8] = []
        append(value, isID: value.id != nil, isText: value.kind == .string, to: &bytes)
        text.json(bytes)
    }

    private static func isUpdate(_ value: JSONValue?) -> Bool {
        guard let bytes = value?.bytes else { return false }
        // The usual notations are told apart by their length; a text with an escape is longer.
        let plain = #""update""#
        guard bytes.count > plain.utf8.count else { return bytes.elementsEqual(plain.utf8) }
        return !isPlain(bytes) && value?.string == "update"
    }

    /// Whether a string has only one notation as it stands: nothing escaped, nothing that should be.
    private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
