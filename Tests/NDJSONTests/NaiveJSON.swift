/// RFC 8259 once more, by recursive descent over Unicode scalars: slow and plain, to compare the scanner with.
struct NaiveJSON {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    /// Whether `bytes` are one JSON value, white space aside.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var document = NaiveJSON(scalars: Array(text.unicodeScalars))
        return document.space() && document.value() && document.space() && document.position == document.scalars.count
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard next == expected else { return false }
        position += 1
        return true
    }

    private mutating func takeAny(of expected: String) -> Unicode.Scalar? {
        guard let scalar = next, expected.unicodeScalars.contains(scalar) else { return nil }
        position += 1
        return scalar
    }

    private mutating func space() -> Bool {
        while takeAny(of: " \t\n\r") != nil {}
        return true
    }

    private mutating func value() -> Bool {
        switch next {
        case "{":
            position += 1;
            return list(end: "}") { $0.string() && $0.space() && $0.take(":") && $0.space() && $0.value() }
        case "[": position += 1; return list(end: "]") { $0.value() }
        case "\"": return string()
        case "t": return "true".unicodeScalars.allSatisfy { take($0) }
        case "f": return "false".unicodeScalars.allSatisfy { take($0) }
        case "n": return "null".unicodeScalars.allSatisfy { take($0) }
        default: return number()
        }
    }

    private mutating func list(end: Unicode.Scalar, element: (inout NaiveJSON) -> Bool) -> Bool {
        guard space(), !take(end) else { return true }
        repeat {
            guard space(), element(&self), space() else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func digits() -> Bool {
        guard takeAny(of: "0123456789") != nil else { return false }
        while takeAny(of: "0123456789") != nil {}
        return true
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || (next != "0" && digits()) else { return false }
        if take("."), !digits() { return false }
        if takeAny(of: "eE") != nil {
            _ = takeAny(of: "+-")
            return digits()
        }
        return true
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let scalar = next {
            position += 1
            switch scalar {
            case "\"": return true
            case "\\": guard escape() else { return false }
            case "\u{0}"..<" ": return false
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard take("u") else { return takeAny(of: "\"\\/bfnrt") != nil }
        guard let unit = codeUnit(), !UTF16.isTrailSurrogate(unit) else { return false }
        guard UTF16.isLeadSurrogate(unit) else { return true }
        guard take("\\"), take("u"), let second = codeUnit() else { return false }
        return UTF16.isTrailSurrogate(second)
    }

    private mutating func codeUnit() -> UInt16? {
        var digits = ""
        for _ in 0..<4 {
            guard let digit = takeAny(of: "0123456789abcdefABCDEF") else { return nil }
            digits.unicodeScalars.append(digit)
        }
        return UInt16(digits, radix: 16)
    }
}
