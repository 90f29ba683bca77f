public import NDJSON

extension ReferenceJSON {
    /// What keeps `bytes` from being one JSON value; nil when they are one.
    public static func flaw(in bytes: [UInt8]) -> JSONError? {
        Verdict { () throws(JSONError) in try parse(bytes) }.error
    }

    /// What keeps `bytes` from being one JSON object; nil when they are one.
    public static func flaw(inObject bytes: [UInt8]) -> JSONError? {
        Verdict { () throws(JSONError) in try parse(bytes) }.errorOfObject(in: bytes)
    }

    /// What a text that is flawed seems to be instead: two characters of JSON, each of so many bytes, or a mark.
    static func otherFormat(of bytes: [UInt8]) -> JSONError.Flaw? {
        if bytes.starts(with: [0x1F, 0x8B]) { return .gzip }
        for (size, flaw) in [(4, JSONError.Flaw.utf32), (2, .utf16)] where bytes.count >= size {
            // As a number of that many bytes, in either order, a character of ASCII is below 128, and the mark is U+FEFF.
            let numbers = [0, size].filter { $0 + size <= bytes.count }.map { bytes[$0..<$0 + size] }
            let bigEndian = numbers.map { $0.reduce(0) { $0 << 8 | Int($1) } }
            let littleEndian = numbers.map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
            for units in [bigEndian, littleEndian] {
                if units[0] == 0xFEFF || units.count == 2 && units.allSatisfy((1..<0x80).contains) { return flaw }
            }
        }
        return nil
    }
}

/// A value, or why there is none.
struct Verdict<Value> {
    private(set) var value: Value?
    private(set) var error: JSONError?

    init(_ body: () throws(JSONError) -> Value) {
        do { value = try body() } catch { self.error = error }
    }
}

extension Verdict<ReferenceJSON.Node> {
    /// Why `text` is not one JSON object.
    func errorOfObject(in text: [UInt8]) -> JSONError? {
        guard let node = value, node.kind != .object else { return error }
        return .notAnObject(Excerpt(bytes: text[node.range]))
    }
}
