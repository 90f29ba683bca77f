// Strings are most of a record's bytes. The common byte is passed over without being looked at alone; what is rare
// (escapes, bytes outside ASCII) has functions of its own, kept out of line so that the common way stays short.

extension JSONScanner {
    /// Passes over the string whose opening quote stands at `quote`. Tells, too, whether it is plain: no escapes, all ASCII.
    @inline(__always)
    func skipString(_ quote: Position, _ special: inout SpecialBytes) throws(Stumble) -> (end: Position, isPlain: Bool)
    {
        // What was passed over without asking, as white space between values, is still ahead then.
        if special.next() != quote { special.skip(to: quote + 1) }
        let first = special.next()
        if first.pointee == UInt8(ascii: "\"") { return (first + 1, true) }
        let end = try skipString(first)
        special.skip(to: end)
        return (end, false)
    }

    /// Passes over a string, or the rest of one, that goes on at `start`; the result stands behind its closing quote.
    @inline(never)
    func skipString(_ start: Position) throws(Stumble) -> Position {
        var position = start
        while true {
            position = JSONScanner.firstSpecialByte(position)
            switch position.pointee {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"):
                let isShort = position[1] == UInt8(ascii: "\\") || position[1] == UInt8(ascii: "\"")
                position = isShort ? position + 2 : try skipEscape(position)
            case 0x80...: position = try skipMultibyte(position)
            case let byte: throw stumble(.controlCharacter(byte), position)
            }
        }
    }

    /// The first quote, backslash, control character or byte outside ASCII at or behind `position`.
    ///
    /// Invariant: the line feed at `end` is such a byte, and the padding behind it makes every load of 16 bytes legal.
    @inline(__always)
    private static func firstSpecialByte(_ start: Position) -> Position {
        var position = start
        while true {
            let halves = unsafeBitCast(SpecialBytes.special(position), to: SIMD2<UInt64>.self)
            if halves.x != 0 { return position + halves.x.trailingZeroBitCount >> 3 }
            if halves.y != 0 { return position + 8 + halves.y.trailingZeroBitCount >> 3 }
            position += 16
        }
    }

    // MARK: Escapes

    /// Passes over `\n` or `\u00e9`, or over both halves of a surrogate pair.
    @inline(never)
    private func skipEscape(_ position: Position) throws(Stumble) -> Position {
        switch position[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return position + 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(position)
            switch unit {
            case 0xD800...0xDBFF:
                guard position[6] == UInt8(ascii: "\\"), position[7] == UInt8(ascii: "u"),
                    case 0xDC00...0xDFFF = try codeUnit(position + 6)
                else { throw stumble(.loneSurrogate, position) }
                return position + 12
            case 0xDC00...0xDFFF: throw stumble(.loneSurrogate, position)
            default: return position + 6
            }
        default:
            throw stumble(.escape, position + 1 < end ? position : end)
        }
    }

    /// The UTF-16 code unit that `\uXXXX` at `position` stands for.
    private func codeUnit(_ position: Position) throws(Stumble) -> UInt16 {
        var unit: UInt16 = 0
        for index in 2..<6 {
            guard let digit = hexadecimalDigit(position[index]) else {
                throw stumble(.escape, position + index < end ? position : end)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: UTF-8

    /// Passes over a run of characters outside ASCII.
    ///
    /// Source: the table of well-formed byte sequences, Unicode 16, table 3-7: what the second byte may be depends on
    /// the first, which keeps out overlong forms, surrogates, and what lies beyond U+10FFFF.
    @inline(never)
    private func skipMultibyte(_ start: Position) throws(Stumble) -> Position {
        var position = start
        while position.pointee >= 0x80 {
            let second = position[1]
            let length: Int
            switch position.pointee {
            case 0xC2...0xDF: length = isContinuation(second) ? 2 : 0
            case 0xE0: length = (0xA0...0xBF).contains(second) ? 3 : 0
            case 0xED: length = (0x80...0x9F).contains(second) ? 3 : 0
            case 0xE1...0xEF: length = isContinuation(second) ? 3 : 0
            case 0xF0: length = (0x90...0xBF).contains(second) ? 4 : 0
            case 0xF1...0xF3: length = isContinuation(second) ? 4 : 0
            case 0xF4: length = (0x80...0x8F).contains(second) ? 4 : 0
            default: length = 0
            }
            // Each byte is looked at only when the one before it is no line feed, so that the loop stays before `end`.
            guard length > 1, length < 3 || isContinuation(position[2]), length < 4 || isContinuation(position[3])
            else {
                throw stumble(.encoding, position)
            }
            position += length
        }
        return position
    }

    @inline(__always)
    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
