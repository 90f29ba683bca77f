/// JSON text in the making: values are appended, commas and escapes come by themselves.
///
/// ```swift
/// var text = JSONText()
/// text.object {
///     $0.member("id", 101)
///     $0.member("name", "Alto de Letras")
/// }
/// ```
public struct JSONText {
    /// The text so far.
    public private(set) var bytes: [UInt8] = []
    /// Whether the next value in the open container stands behind another one.
    private var needsComma = false

    /// An empty text.
    public init() {}

    /// An empty text with room for so many bytes: a large one that grew by doubling would be in memory twice.
    public init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// The same as `bytes`, for a message.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Empties the text and keeps its memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    // MARK: Containers

    /// An object, whose members `body` appends.
    public mutating func object<Failure: Error>(
        _ body: (inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        beginValue()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// An array, whose elements `body` appends.
    public mutating func array<Failure: Error>(
        _ body: (inout JSONText) throws(Failure) -> Void
    ) throws(Failure) {
        beginValue()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The key of the next value, which may need escapes.
    public mutating func key(escaping key: String) {
        value(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// The key of the next value, which needs no escape: it is copied as it stands.
    public mutating func key(_ key: StaticString) {
        let comma = needsComma ? 1 : 0
        append(comma + 3 + key.utf8CodeUnitCount) { text in
            text[0] = UInt8(ascii: ",")
            text[comma] = UInt8(ascii: "\"")
            (text + comma + 1).update(from: key.utf8Start, count: key.utf8CodeUnitCount)
            text[comma + 1 + key.utf8CodeUnitCount] = UInt8(ascii: "\"")
            text[comma + 2 + key.utf8CodeUnitCount] = UInt8(ascii: ":")
        }
        needsComma = false
    }

    // MARK: Values

    /// A number.
    public mutating func value(_ number: Int64) {
        beginValue()
        appendDigits(of: number)
    }

    /// A number as a string, which is how Google's JSON has integers.
    public mutating func value(inString number: Int64) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        appendDigits(of: number)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string, escaped as RFC 8259 demands, and DEL and the C1 controls too, so that no control reaches a terminal.
    public mutating func value(_ string: String) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        // Most strings are plain, and bytes in an array are looked at faster than those of a string.
        let start = bytes.count
        bytes.append(contentsOf: string.utf8)
        guard !bytes[start...].allSatisfy(JSONText.isPlain) else { return }
        bytes.removeSubrange(start...)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": appendUnicodeEscape(scalar.value)
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    /// A string that needs no escape: it is copied as it stands.
    public mutating func value(plain string: StaticString) {
        beginValue()
        append(2 + string.utf8CodeUnitCount) { text in
            text[0] = UInt8(ascii: "\"")
            (text + 1).update(from: string.utf8Start, count: string.utf8CodeUnitCount)
            text[1 + string.utf8CodeUnitCount] = UInt8(ascii: "\"")
        }
    }

    /// A moment, as its `description` says it.
    public mutating func value(_ time: Timestamp) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        time.write(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// `true` or `false`.
    public mutating func value(_ boolean: Bool) { json((boolean ? "true" : "false").utf8) }

    /// A value whose text stays as it was, except that a line feed, which only a document can have, becomes a blank.
    public mutating func value(_ value: JSONValue) {
        guard value.hasLineFeed else { return json(value.bytes) }
        json(value.bytes.lazy.map { $0 == JSONScanner.lineFeed ? UInt8(ascii: " ") : $0 })
    }

    /// `null`.
    public mutating func null() { json("null".utf8) }

    /// One whole value that is JSON text already.
    public mutating func json(_ text: some Sequence<UInt8>) {
        beginValue()
        bytes.append(contentsOf: text)
    }

    // MARK: Members

    /// A member that is a number.
    public mutating func member(_ key: StaticString, _ number: Int64) {
        self.key(key)
        value(number)
    }

    /// A member that is a string.
    public mutating func member(_ key: StaticString, _ string: String) {
        self.key(key)
        value(string)
    }

    /// A member that is a string that needs no escape.
    public mutating func member(_ key: StaticString, plain string: StaticString) {
        self.key(key)
        value(plain: string)
    }

    /// A member that is a moment.
    public mutating func member(_ key: StaticString, _ time: Timestamp) {
        self.key(key)
        value(time)
    }

    /// A member that is `true` or `false`.
    public mutating func member(_ key: StaticString, _ boolean: Bool) {
        self.key(key)
        value(boolean)
    }

    /// A member whose text stays as it was.
    public mutating func member(_ key: StaticString, _ value: JSONValue) {
        self.key(key)
        self.value(value)
    }

    /// A member that is a number, or null.
    public mutating func member(_ key: StaticString, orNull number: Int64?) {
        self.key(key)
        if let number { value(number) } else { null() }
    }

    /// A member that is a string, or null.
    public mutating func member(_ key: StaticString, orNull string: String?) {
        self.key(key)
        if let string { value(string) } else { null() }
    }

    /// A member that is a moment, or null.
    public mutating func member(_ key: StaticString, orNull time: Timestamp?) {
        self.key(key)
        if let time { value(time) } else { null() }
    }

    // MARK: Lines

    /// Ends the line; the next value stands on a line of its own.
    public mutating func endLine() {
        bytes.append(JSONScanner.lineFeed)
        needsComma = false
    }

    private mutating func appendDigits(of number: Int64) {
        let sign = number < 0 ? 1 : 0
        let count = JSONText.digitCount(number.magnitude)
        append(sign + count) { text in
            text[0] = UInt8(ascii: "-")
            var rest = number.magnitude
            var place = sign + count
            repeat {
                place -= 1
                text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while place > sign
        }
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var (count, bound) = (1, 10 as UInt64)
        // Not even an Int64's magnitude has more than 19 digits, and 10^19 is within UInt64.
        while count < 19, number >= bound {
            count += 1
            bound *= 10
        }
        return count
    }

    /// Appends `count` bytes. `write` gets the memory for them, and must put a byte into each place, and none elsewhere.
    @inline(__always)
    private mutating func append(_ count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
        // One look at the array's room for all of them, where one for each byte would take longer than the text.
        bytes.append(addingCapacity: count) { room in
            room.withUnsafeMutableBufferPointer { memory, written in
                // Invariant: the array made room for `count` bytes, so that there is an address.
                guard let start = memory.baseAddress else { return }
                write(start + written)
                written += count
            }
        }
    }

    /// Whether a byte is a character that no string has to escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendUnicodeEscape(_ value: UInt32) {
        let digits = String(value, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }
}

/// Something that stands on a line of its own, as one JSON object.
public protocol JSONRecord {
    /// Appends the object, without a line's end.
    func write(to text: inout JSONText)
}

extension JSONText: JSONRecord {
    /// Appends what it holds, which is one object.
    public func write(to text: inout JSONText) { text.json(bytes) }
}

extension JSONValue: JSONRecord {
    /// Appends the value's text as it stood.
    public func write(to text: inout JSONText) { text.value(self) }
}
