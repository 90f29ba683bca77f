/// Why a text is not the JSON that was expected. Facts here, words below.
public enum JSONError: Error, Equatable {
    /// The text breaks the grammar of RFC 8259; `column` counts bytes from 1.
    case syntax(Flaw, column: Int)
    /// Valid JSON, but another kind of value than an object.
    case notAnObject(Excerpt)
    /// Deeper than 1,000 levels of objects and arrays.
    case tooDeep

    /// What breaks the grammar.
    public enum Flaw: Equatable, Sendable {
        /// A byte that cannot stand here.
        case unexpected(UInt8)
        /// The text ends too early.
        case end
        /// A control character inside a string.
        case controlCharacter(UInt8)
        /// A backslash before something that it does not escape.
        case escape
        /// Half of a surrogate pair.
        case loneSurrogate
        /// Bytes that are not UTF-8.
        case encoding
        /// Digits that are no number, as `01`, `1.` or `-`.
        case number
        /// A byte order mark elsewhere than at the start of the stream.
        case byteOrderMark
        /// Something behind the value.
        case trailing
        /// The text begins as UTF-16 does.
        case utf16
        /// The text begins as UTF-32 does.
        case utf32
        /// The text ends behind the bracket that begins it, as the first line of an array or object for people does.
        case severalLines
        /// The text begins as gzip does.
        case gzip
    }
}

extension JSONError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .syntax(let flaw, let column): "column \(column): not JSON: \(flaw)"
        case .notAnObject(let text): "not a JSON object: \(text)"
        case .tooDeep: "not taken: nested deeper than \(JSONScanner.maximumDepth) levels"
        }
    }
}

extension JSONError.Flaw: CustomStringConvertible {
    /// A few words; with the way out where it is the same for all readers.
    public var description: String {
        switch self {
        case .unexpected(let byte): "unexpected \(JSONError.Flaw.name(of: byte))"
        case .end: "it ends too early"
        case .controlCharacter(let byte): "unescaped control character \(JSONError.Flaw.name(of: byte))"
        case .escape: "invalid escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .encoding: "not UTF-8"
        case .number: "invalid number"
        case .byteOrderMark: "byte order mark"
        case .trailing: "something follows the value"
        case .utf16:
            "UTF-16, not UTF-8: convert it with iconv -f UTF-16 -t UTF-8 (UTF-16BE if no byte order mark begins it and zeros do)"
        case .utf32:
            "UTF-32, not UTF-8: convert it with iconv -f UTF-32 -t UTF-8 (UTF-32BE if no byte order mark begins it and zeros do)"
        case .severalLines: "it ends too early: a record stands on one line, and not in an array"
        case .gzip: "gzip, not text: unpack it with gunzip"
        }
    }

    private static func name(of byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "0x" + hexadecimal(byte)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
