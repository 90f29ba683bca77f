// (1) What leaves has been looked up: each key stands in the policy, and each value is what its treatment makes of it. What
//     is not known, or is another kind of value than its treatment expects, is left out and noted.
// (2) Members keep their order; values that are kept, their text; null stays null, whose column is not removed.
import NDJSON

/// Makes of a record one that may be seen.
struct Anonymizer {
    /// What was left out of the records so far.
    private(set) var removals = Removals()

    /// Which policy it goes by.
    var policySHA256: String { policy.sha256 }

    private let policy: Policy
    private var ids: FakeIDs

    /// The longest word: the longest value that Strava has chosen is half of it.
    private static let longestWord = 40

    init(policy: Policy, ids: FakeIDs) {
        self.policy = policy
        self.ids = ids
    }

    /// The record without what the policy does not list.
    mutating func anonymize(_ record: JSONValue) throws(FakeIDError) -> JSONText {
        removals.beginRecord()
        var text = JSONText()
        try write(record, policy.root, to: &text)
        return text
    }

    private mutating func write(
        _ object: JSONValue, _ group: Policy.Group, to text: inout JSONText
    ) throws(FakeIDError) {
        try text.object { text throws(FakeIDError) in
            try object.forEachMember { key, value throws(FakeIDError) in
                guard let column = group.columns[key] else {
                    return removals.note(group.path.isEmpty ? key : "\(group.path).\(key)", .unknown)
                }
                if case .value(.remove, _) = column { return }
                if case .value(.replace(let parts), _) = column, value.kind != .null {
                    text.key(escaping: key)
                    return text.json(try joined(parts, for: object, group))
                }
                try write(value, column, named: key, to: &text)
            }
        }
    }

    /// Writes a member, or without a `key` an element; nothing when it is left out.
    private mutating func write(
        _ value: JSONValue, _ column: Policy.Column, named key: String?, to text: inout JSONText
    ) throws(FakeIDError) {
        switch (column, value.kind) {
        case (_, .null):
            if let key { text.key(escaping: key) }
            text.null()
        case (_, .array) where key != nil:
            if let key { text.key(escaping: key) }
            try text.array { text throws(FakeIDError) in
                try value.forEachElement { element throws(FakeIDError) in
                    try write(element, column, named: nil, to: &text)
                }
            }
        case (.group(let group), .object):
            if let key { text.key(escaping: key) }
            try write(value, group, to: &text)
        case (.group(let group), _): removals.note(group.path, .notAnObject)
        case (.value(_, let path), .object), (.value(_, let path), .array): removals.note(path, .notSingle)
        case (.value(let treatment, let path), _):
            let isID = treatment == .hash
            guard let single = isID ? try fakeText(of: value) : keptText(of: value, treatment) else {
                return removals.note(path, isID ? .notAnID : .text)
            }
            if let key { text.key(escaping: key) }
            text.json(single)
        }
    }

    // MARK: Values

    /// A single value as it is; nil for a text that says more than it may.
    private func keptText(of value: JSONValue, _ treatment: Treatment) -> [UInt8]? {
        let isKept = treatment == .keepText || value.kind != .string || Anonymizer.isWord(value)
        return isKept ? Array(value.bytes) : nil
    }

    /// A word of Strava's, a number in quotes as BigQuery exports it, or a time.
    private static func isWord(_ value: JSONValue) -> Bool {
        let text = value.bytes.dropFirst().dropLast()
        let isShort = text.count <= longestWord
        return isShort && text.allSatisfy(isOfWord) || value.timestamp != nil
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// A number for a number, digits for digits, and the letter of a gear's id stays before them; nil for what is no id.
    private mutating func fakeText(of value: JSONValue) throws(FakeIDError) -> [UInt8]? {
        guard value.kind == .string else {
            guard let id = value.id else { return nil }
            return Array(String(try ids.fake(of: id)).utf8)
        }
        guard let name = try fakeName(of: value) else { return nil }
        return Array("\"\(name)\"".utf8)
    }

    /// The same without quotes.
    private mutating func fakeName(of value: JSONValue) throws(FakeIDError) -> String? {
        if let id = value.id { return String(try ids.fake(of: id)) }
        guard let text = value.string, let letter = text.unicodeScalars.first, letter.isASCII,
            letter.properties.isAlphabetic, let digits = Anonymizer.id(text.utf8.dropFirst())
        else { return nil }
        return "\(letter)\(try ids.fake(of: digits))"
    }

    /// One letter and no more: a word before digits is a person's name.
    private static func id(_ digits: Substring.UTF8View) -> Int64? {
        guard let first = digits.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) else { return nil }
        return Int64(Substring(digits))
    }

    /// A replacement, with the fake id of its object between the parts; `?` where that has none.
    private mutating func joined(
        _ parts: [String], for object: JSONValue, _ group: Policy.Group
    ) throws(FakeIDError) -> [UInt8] {
        guard parts.count > 1 else { return Array(parts.joined().utf8) }
        var name: String?
        if case .value(.hash, _)? = group.columns["id"], let id = object["id"] { name = try fakeName(of: id) }
        return Array(parts.joined(separator: name ?? "?").utf8)
    }
}
