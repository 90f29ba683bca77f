@testable import NDJSON

/// RFC 8259 once more, by recursive descent, a function for each production: slow and plain, to compare the scanner
/// with. It shares with it the names of the flaws and nothing else.
///
/// What is flawed is the first byte that cannot stand where it stands; of an escape and of a character of several bytes,
/// its first one.
struct NaiveJSON {
    let bytes: [UInt8]
    var position = 0
    private var level = 0

    /// Whether `bytes` are one JSON value, white space aside.
    static func accepts(_ bytes: [UInt8]) -> Bool { flaw(in: bytes) == nil }

    /// What keeps `bytes` from being one JSON value; nil when they are one.
    static func flaw(in bytes: [UInt8]) -> JSONError? {
        var document = NaiveJSON(bytes: bytes)
        do throws(JSONError) {
            try document.text()
            return nil
        } catch {
            guard case .syntax = error else { return error }
            return otherFormat(of: bytes).map { .syntax($0, column: 1) } ?? error
        }
    }

    /// What keeps `bytes` from being one JSON object; nil when they are one.
    static func flaw(inObject bytes: [UInt8]) -> JSONError? {
        if let flaw = flaw(in: bytes) { return flaw }
        let value = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return value.first == UInt8(ascii: "{") ? nil : .notAnObject(Excerpt(bytes: value))
    }

    // MARK: JSON-text = ws value ws

    private mutating func text() throws(JSONError) {
        ws()
        try value()
        ws()
        guard position == bytes.count else { throw flawed(.trailing) }
    }

    private mutating func ws() {
        while let next, NaiveJSON.isSpace(next) { position += 1 }
    }

    private mutating func value() throws(JSONError) {
        switch next {
        case "{": try object()
        case "[": try array()
        case "\"": try string()
        case "t": try literal("true")
        case "f": try literal("false")
        case "n": try literal("null")
        case "-": try number()
        default:
            if nextIsDigit { return try number() }
            let isMark = bytes[position...].starts(with: [0xEF, 0xBB, 0xBF])
            throw isMark ? flawed(.byteOrderMark) : unexpected()
        }
    }

    // MARK: Objects and arrays

    private mutating func object() throws(JSONError) {
        try list(end: "}") { (document) throws(JSONError) in
            guard document.next == "\"" else { throw document.unexpected() }
            try document.string()
            document.ws()
            guard document.take(":") else { throw document.unexpected() }
            document.ws()
            try document.value()
        }
    }

    private mutating func array() throws(JSONError) {
        try list(end: "]") { (document) throws(JSONError) in try document.value() }
    }

    private mutating func list(
        end: Unicode.Scalar, element: (inout NaiveJSON) throws(JSONError) -> Void
    ) throws(JSONError) {
        level += 1
        guard level <= 1000 else { throw .tooDeep }
        position += 1
        ws()
        if !take(end) {
            try element(&self)
            ws()
            while take(",") {
                ws()
                try element(&self)
                ws()
            }
            guard take(end) else { throw unexpected() }
        }
        level -= 1
    }

    // MARK: Literals and numbers

    private mutating func literal(_ word: String) throws(JSONError) {
        for letter in word.unicodeScalars {
            guard take(letter) else { throw unexpected() }
        }
    }

    /// number = [ minus ] int [ frac ] [ exp ]
    private mutating func number() throws(JSONError) {
        _ = take("-")
        if take("0") {
            if nextIsDigit { throw flawed(.number) }
        } else {
            try digits()
        }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while nextIsDigit { position += 1 }
        guard position > start else { throw flawed(.number) }
    }

    // MARK: Bytes

    /// The byte that comes next, as the character that it is when it is ASCII; nil at the end.
    var next: Unicode.Scalar? { position < bytes.count ? Unicode.Scalar(bytes[position]) : nil }

    private var nextIsDigit: Bool { next.map { ("0"..."9").contains($0) } ?? false }

    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard next == expected else { return false }
        position += 1
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool { isSpace(Unicode.Scalar(byte)) }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    /// The flaw of the next byte, or of the bytes since `start`; whatever was expected, at the end it is the end.
    func flawed(_ flaw: JSONError.Flaw, since start: Int? = nil) -> JSONError {
        guard position < bytes.count else { return .syntax(.end, column: bytes.count + 1) }
        return .syntax(flaw, column: (start ?? position) + 1)
    }

    private func unexpected() -> JSONError { flawed(.unexpected(position < bytes.count ? bytes[position] : 0)) }

    // MARK: What is no JSON at all

    /// What a text that is flawed seems to be instead: two characters of JSON, each of so many bytes, or a mark.
    private static func otherFormat(of bytes: [UInt8]) -> JSONError.Flaw? {
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
