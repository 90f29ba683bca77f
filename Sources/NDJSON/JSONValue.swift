/// A validated JSON value: a view of its text, taken apart only as far as somebody asks.
public struct JSONValue {
    /// What RFC 8259 calls the value.
    public enum Kind: Sendable {
        case object, array, string, number, `true`, `false`, null
    }

    let storage: Storage
    let range: Range<Int>
    let generation: Int

    /// The value that is all of `document`, white space aside; line feeds may stand where the grammar has white space.
    public init(parsing document: consuming [UInt8]) throws(JSONError) {
        let range = 0..<document.count
        self = try JSONScanner.value(in: Storage(taking: document), range)
    }

    init(storage: Storage, range: Range<Int>, generation: Int) {
        self.storage = storage
        self.range = range
        self.generation = generation
    }

    /// Told by the first byte.
    public var kind: Kind {
        switch bytes.first {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"): .true
        case UInt8(ascii: "f"): .false
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The value's text as it stood, without white space around it.
    public var bytes: ArraySlice<UInt8> {
        precondition(generation == storage.generation, "a value was used after the next line had been read")
        return storage.bytes[range]
    }

    /// The same as `bytes`, for messages and comparisons.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the text is more than one line. A valid string has no line feed: only white space can be one.
    var hasLineFeed: Bool { storage.lineFeed(in: range) != nil }

    /// The beginning of the text, for a message.
    public var excerpt: Excerpt { Excerpt(bytes: bytes) }

    /// What a string says, its escapes resolved; nil for other kinds.
    public var string: String? {
        kind == .string ? JSONString.decode(bytes.dropFirst().dropLast()) : nil
    }

    /// An integer within Int64, exactly; nil for other numbers (`1.0` and `1e3` are no integers) and other kinds.
    public var integer: Int64? { kind == .number ? Int64(text) : nil }

    /// `true` or `false`; nil for other kinds.
    public var boolean: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// An id: an integer above 0 within Int64, as a number or as a string of digits; nil for anything else.
    ///
    /// BigQuery's own NDJSON exports write INT64 as strings. Leading zeros are refused in both forms, so that an id has
    /// one text. Source of the string form: cloud.google.com/bigquery/docs/exporting-data.
    public var id: Int64? {
        let digits: ArraySlice<UInt8>
        switch kind {
        case .number: digits = bytes
        case .string: digits = bytes.dropFirst().dropLast()
        default: return nil
        }
        guard let first = digits.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first), digits.count <= 19
        else { return nil }
        var id: Int64 = 0
        for byte in digits {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            let (product, overflow) = id.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            id = sum
        }
        return id
    }

    /// A moment as records have it: RFC 3339, BigQuery's text, or an epoch number, which may itself be in a string; nil
    /// for anything else.
    public var timestamp: Timestamp? {
        let text = kind == .string ? bytes.dropFirst().dropLast() : bytes
        return Timestamp(text: text) ?? Timestamp(epoch: text)
    }

    // MARK: What it holds

    /// The member named `key`; nil when there is none or this is no object. Of a key that stands twice the last counts.
    public subscript(key: String) -> JSONValue? {
        var found: JSONValue?
        forEachMember { name, value in
            // Byte by byte, as RFC 8259, 8.3, has it: to Swift, texts that Unicode calls equivalent are equal.
            if name.utf8.elementsEqual(key.utf8) { found = value }
        }
        return found
    }

    /// The elements of an array, in order; none for other kinds.
    public var elements: [JSONValue] {
        var elements: [JSONValue] = []
        forEachElement { elements.append($0) }
        return elements
    }

    /// The members of an object, in order, keys decoded; none for other kinds.
    public func forEachMember<Failure: Error>(
        _ body: (String, JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard kind == .object else { return }
        var position = range.lowerBound + 1
        while let key = next(from: &position) {
            guard let value = next(from: &position) else { return }
            try body(key.string ?? "", value)
        }
    }

    /// The elements of an array, in order; none for other kinds.
    public func forEachElement<Failure: Error>(_ body: (JSONValue) throws(Failure) -> Void) throws(Failure) {
        guard kind == .array else { return }
        var position = range.lowerBound + 1
        while let element = next(from: &position) { try body(element) }
    }

    /// The next key or value at or behind `position`, which moves behind it; nil at the end of the container.
    private func next(from position: inout Int) -> JSONValue? {
        precondition(generation == storage.generation, "a value was used after the next line had been read")
        // The text was validated when this value was made, so that separators can be told from values by their first
        // byte, and passing over a value cannot fail.
        while position < range.upperBound - 1, JSONValue.isSeparator(storage.bytes[position]) { position += 1 }
        guard position < range.upperBound - 1 else { return nil }
        let start = position
        position = JSONScanner.endOfValue(in: storage, from: start, before: range.upperBound)
        return JSONValue(storage: storage, range: start..<position, generation: generation)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || JSONScanner.isWhiteSpace(byte)
    }
}
