import NDJSON

/// RFC 8259 once more, byte by byte and by recursion: slow and plain, to compare the scanner with.
///
/// It shares nothing with the scanner but the names of the flaws. What is flawed is the first byte that cannot stand where
/// it stands; of an escape and of a character of several bytes, its first one.
public struct ReferenceJSON {
    /// A value, and where it stands.
    struct Node {
        let range: Range<Int>
        let content: Content
    }

    enum Content {
        case object([(key: [UInt8], value: Node)])
        case array([Node])
        /// What it says, in UTF-8.
        case string([UInt8])
        case number
        case literal(JSONValue.Kind)
    }

    static let deepest = 1000

    private let bytes: [UInt8]
    private var position = 0

    /// The value that is all of `bytes`, white space aside.
    static func parse(_ bytes: [UInt8]) throws(JSONError) -> Node {
        do throws(JSONError) { return try whole(bytes) } catch {
            guard case .syntax(let flaw, let column) = error else { throw error }
            if let other = otherFormat(of: bytes) { throw .syntax(other, column: 1) }
            let text = bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            throw .syntax(
                flaw == .end && [Array("[".utf8), Array("{".utf8)].contains(text) ? .severalLines : flaw, column: column
            )
        }
    }

    private static func whole(_ bytes: [UInt8]) throws(JSONError) -> Node {
        var document = ReferenceJSON(bytes: bytes)
        document.skipSpace()
        let node = try document.value(depth: 0)
        document.skipSpace()
        guard document.position == bytes.count else { throw document.flaw(.trailing) }
        return node
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    // MARK: Steps

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func byte(at offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func flaw(_ flaw: JSONError.Flaw, at offset: Int? = nil) -> JSONError {
        let offset = offset ?? position
        return offset < bytes.count ? .syntax(flaw, column: offset + 1) : .syntax(.end, column: bytes.count + 1)
    }

    private func unexpected(at offset: Int? = nil) -> JSONError {
        flaw(.unexpected(byte(at: offset ?? position) ?? 0), at: offset)
    }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONError) -> Node {
        let start = position
        let content: Content
        switch next.map(Unicode.Scalar.init) {
        case "{": content = .object(try members(depth: depth))
        case "[": content = .array(try elements(depth: depth))
        case "\"": content = .string(try string())
        case "t": content = try literal("true", .true)
        case "f": content = try literal("false", .false)
        case "n": content = try literal("null", .null)
        case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9":
            try number()
            content = .number
        default:
            let isMark = Array(bytes[position...].prefix(3)) == [0xEF, 0xBB, 0xBF]
            throw isMark ? flaw(.byteOrderMark) : unexpected()
        }
        return Node(range: start..<position, content: content)
    }

    private mutating func members(depth: Int) throws(JSONError) -> [(key: [UInt8], value: Node)] {
        var members: [(key: [UInt8], value: Node)] = []
        try list(end: "}", depth: depth) { (document) throws(JSONError) in
            guard document.next == UInt8(ascii: "\"") else { throw document.unexpected() }
            let key = try document.string()
            document.skipSpace()
            guard document.take(":") else { throw document.unexpected() }
            document.skipSpace()
            members.append((key, try document.value(depth: depth + 1)))
        }
        return members
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [Node] {
        var elements: [Node] = []
        try list(end: "]", depth: depth) { (document) throws(JSONError) in
            elements.append(try document.value(depth: depth + 1))
        }
        return elements
    }

    private mutating func list(
        end: Unicode.Scalar, depth: Int, _ item: (inout ReferenceJSON) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard depth < ReferenceJSON.deepest else { throw .tooDeep }
        position += 1
        skipSpace()
        if take(end) { return }
        while true {
            try item(&self)
            skipSpace()
            if take(end) { return }
            guard take(",") else { throw unexpected() }
            skipSpace()
        }
    }

    private mutating func literal(_ text: String, _ kind: JSONValue.Kind) throws(JSONError) -> Content {
        for scalar in text.unicodeScalars where !take(scalar) { throw unexpected() }
        return .literal(kind)
    }

    private mutating func number() throws(JSONError) {
        _ = take("-")
        if take("0") {
            if let byte = next, (0x30...0x39).contains(byte) { throw flaw(.number) }
        } else {
            try digits()
        }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        if position == start { throw flaw(.number) }
    }
}

// MARK: - Strings

extension ReferenceJSON {
    /// What the string says that begins here.
    private mutating func string() throws(JSONError) -> [UInt8] {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"): text += UTF8.encode(try escape()).map(Array.init) ?? []
            case 0..<0x20: throw flaw(.controlCharacter(byte))
            default: text += UTF8.encode(try character()).map(Array.init) ?? []
            }
        }
        throw flaw(.end)
    }

    /// By what the bits mean, not by a table of what may follow what.
    private mutating func character() throws(JSONError) -> Unicode.Scalar {
        guard let first = next, first >= 0x80 else {
            position += 1
            return Unicode.Scalar(bytes[position - 1])
        }
        let length = (~first).leadingZeroBitCount
        guard (2...4).contains(length), position + length <= bytes.count else { throw flaw(.encoding) }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for byte in bytes[(position + 1)..<(position + length)] {
            guard byte >> 6 == 0b10 else { throw flaw(.encoding) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= smallest, let scalar = Unicode.Scalar(value) else { throw flaw(.encoding) }
        position += length
        return scalar
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let names: [UInt8: Unicode.Scalar] = [
            0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r", 0x74: "\t",
        ]
        let start = position
        guard let name = byte(at: start + 1) else { throw flaw(.end, at: bytes.count) }
        if let scalar = names[name] {
            position += 2
            return scalar
        }
        guard name == UInt8(ascii: "u") else { throw flaw(.escape) }
        let unit = try codeUnit(at: start)
        position += 6
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Half of a pair: the other half must follow, in the right order.
        guard unit < 0xDC00, byte(at: position) == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u")
        else { throw flaw(.loneSurrogate, at: start) }
        let low = try codeUnit(at: position)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar((UInt32(unit) - 0xD800) * 0x400 + (UInt32(low) - 0xDC00) + 0x10000)
        else { throw flaw(.loneSurrogate, at: start) }
        position += 6
        return scalar
    }

    /// The code unit of the `\uXXXX` at `start`.
    private func codeUnit(at start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for offset in (start + 2)..<(start + 6) {
            guard let byte = byte(at: offset), let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                byte < 0x80
            else { throw flaw(.escape, at: byte(at: offset) == nil ? bytes.count : start) }
            unit = unit * 16 + UInt16(digit)
        }
        return unit
    }
}
