import NDJSON

extension ReferenceJSON.Node {
    var kind: JSONValue.Kind {
        switch content {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .literal(let kind): kind
        }
    }

    /// What a string says, in UTF-8.
    var string: [UInt8]? {
        if case .string(let text) = content { text } else { nil }
    }

    /// The member of that name; of two, the last.
    subscript(key: [UInt8]) -> ReferenceJSON.Node? {
        guard case .object(let members) = content else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The value at keys separated by dots.
    subscript(path path: String) -> ReferenceJSON.Node? {
        var node = self
        for key in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let below = node[Array(key.utf8)] else { return nil }
            node = below
        }
        return node
    }

    /// - Parameter text: Where the value stands.
    func integer(in text: [UInt8]) -> Int64? {
        guard case .number = content else { return nil }
        return Int64(String(decoding: text[range], as: UTF8.self))
    }

    /// - Parameter text: Where the value stands.
    func id(in text: [UInt8]) -> Int64? {
        let digits: ArraySlice<UInt8>
        switch content {
        case .number: digits = text[range]
        // As it is written: an id has no escapes.
        case .string: digits = text[range].dropFirst().dropLast()
        default: return nil
        }
        guard let first = digits.first, first != UInt8(ascii: "0"), digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}
