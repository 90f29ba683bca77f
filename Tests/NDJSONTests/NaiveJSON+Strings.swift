@testable import NDJSON

extension NaiveJSON {
    // MARK: string = quotation-mark *char quotation-mark

    mutating func string() throws(JSONError) {
        position += 1
        while !take("\"") {
            guard let next else { throw flawed(.end) }
            switch next {
            case "\\": try escape()
            case "\u{20}"..."\u{7F}": position += 1
            case "\u{0}"..."\u{1F}": throw flawed(.controlCharacter(bytes[position]))
            default: try character()
            }
        }
    }

    // MARK: escape ( one of eight / u 4HEXDIG )

    private mutating func escape() throws(JSONError) {
        let start = position
        position += 1
        switch next {
        case "\"", "\\", "/", "b", "f", "n", "r", "t": position += 1
        case "u":
            let unit = try codeUnit(since: start)
            if UTF16.isTrailSurrogate(unit) { throw loneSurrogate(at: start) }
            guard UTF16.isLeadSurrogate(unit) else { return }
            let second = position
            guard take("\\"), next == "u", UTF16.isTrailSurrogate(try codeUnit(since: second)) else {
                throw loneSurrogate(at: start)
            }
        default: throw flawed(.escape, since: start)
        }
    }

    /// A lone surrogate is one even where the text ends behind it.
    private func loneSurrogate(at start: Int) -> JSONError { .syntax(.loneSurrogate, column: start + 1) }

    private mutating func codeUnit(since start: Int) throws(JSONError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let next, next.isASCII, let digit = Character(next).hexDigitValue else {
                throw flawed(.escape, since: start)
            }
            unit = unit * 16 + UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: UTF-8

    /// A character outside ASCII. By arithmetic, where the scanner has a table: its value must need that many bytes, be
    /// no surrogate, and not lie beyond U+10FFFF.
    private mutating func character() throws(JSONError) {
        let flaw = JSONError.syntax(.encoding, column: position + 1)
        let length = (~bytes[position]).leadingZeroBitCount
        guard (2...4).contains(length), position + length <= bytes.count else { throw flaw }
        var value = UInt32(bytes[position] & (0xFF >> (length + 1)))
        for byte in bytes[position + 1..<position + length] {
            guard byte >> 6 == 0b10 else { throw flaw }
            value = value << 6 | UInt32(byte & 0b11_1111)
        }
        let smallest: [UInt32] = [0x80, 0x800, 0x10000]
        guard value >= smallest[length - 2], Unicode.Scalar(value) != nil else { throw flaw }
        position += length
    }
}
