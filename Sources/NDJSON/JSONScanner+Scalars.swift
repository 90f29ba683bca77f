// Numbers and literals: short, and of another length each time. They are looked at eight bytes at once, so that the
// processor has no loop whose end it would guess wrong.

extension JSONScanner {
    /// Passes over a number, `true`, `false` or `null`.
    @inline(__always)
    func skipScalar(_ position: Position) throws(Stumble) -> Position {
        if isDigit(position.pointee) || position.pointee == UInt8(ascii: "-") { return try skipNumber(position) }
        return try skipLiteral(position)
    }

    // MARK: Literals

    @inline(never)
    private func skipLiteral(_ position: Position) throws(Stumble) -> Position {
        switch next(4, at: position) {
        case 0x6C6C_756E, 0x6575_7274: return position + 4  // null, true
        case 0x736C_6166 where position[4] == UInt8(ascii: "e"): return position + 5  // fals
        default: throw flaw(at: position)
        }
    }

    /// Why there is no literal at `position`: where it breaks off, or what stands there instead.
    private func flaw(at position: Position) -> Stumble {
        let literals: [StaticString] = ["true", "false", "null"]
        if let literal = literals.first(where: { $0.utf8Start.pointee == position.pointee }) {
            var broken = position
            for index in 0..<literal.utf8CodeUnitCount where broken == position + index {
                if broken.pointee == literal.utf8Start[index] { broken += 1 }
            }
            return stumble(.unexpected(broken.pointee), broken)
        }
        let isByteOrderMark = next(3, at: position) == 0xBF_BBEF
        return stumble(isByteOrderMark ? .byteOrderMark : .unexpected(position.pointee), position)
    }

    // MARK: Numbers

    @inline(__always)
    private func skipNumber(_ start: Position) throws(Stumble) -> Position {
        let first = start.pointee == UInt8(ascii: "-") ? start + 1 : start
        var position = try skipDigits(first)
        guard first.pointee != UInt8(ascii: "0") || position == first + 1 else { throw stumble(.number, first + 1) }
        if position.pointee == UInt8(ascii: ".") { position = try skipDigits(position + 1) }
        return position.pointee | 0x20 == UInt8(ascii: "e") ? try skipExponent(position) : position
    }

    /// Whether a number of up to eight digits, with or without a point, is all that stands between `position` and the comma
    /// before `key`.
    @inline(__always)
    func isShortNumber(_ position: Position, before key: Position) -> Bool {
        let count = key - position - 1
        guard count <= 8, key[-1] == UInt8(ascii: ",") else { return false }
        let word = next(8, at: position)
        let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        let others = notDigits(word) &<< shift
        guard position[0] != UInt8(ascii: "0") || count == 1 else { return false }
        if others == 0 { return true }
        let point = notDigits(word).trailingZeroBitCount >> 3
        return others & (others &- 1) == 0 && point > 0 && point < count - 1 && position[point] == UInt8(ascii: ".")
    }

    @inline(never)
    private func skipExponent(_ start: Position) throws(Stumble) -> Position {
        let hasSign = start[1] == UInt8(ascii: "+") || start[1] == UInt8(ascii: "-")
        return try skipDigits(start + (hasSign ? 2 : 1))
    }

    /// Passes over at least one digit.
    @inline(__always)
    private func skipDigits(_ start: Position) throws(Stumble) -> Position {
        var position = start
        while true {
            let others = notDigits(next(8, at: position))
            position += others.trailingZeroBitCount >> 3
            if others != 0 { break }
        }
        guard position > start else { throw stumble(.number, position) }
        return position
    }

    /// The highest bit of the first byte of eight that is no digit; 0 when all are. Behind that byte it tells nothing.
    @inline(__always)
    private func notDigits(_ word: UInt64) -> UInt64 {
        // A digit becomes 0 to 9, and 0x76 more leaves its highest bit clear. Any other byte has it, or gets it now; what is
        // carried from there can spoil only what stands behind.
        let values = word ^ 0x3030_3030_3030_3030
        return (values | (values &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080
    }

    @inline(__always)
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
