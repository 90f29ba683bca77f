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
        switch word(at: position, bytes: 4) {
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
        let isByteOrderMark = word(at: position, bytes: 3) == 0xBF_BBEF
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

    /// Whether a number of up to eight bytes and a comma are all that stands between the digit at `position` and a quote at
    /// `next`. A number without sign or exponent, that is: any other may be one all the same.
    ///
    /// Where the next key begins is known before the number is looked at: whoever sees that it is all as it should be goes
    /// on there, and need not wait until the number's end is found.
    @inline(__always)
    func isShortNumber(_ position: Position, before next: Position) -> Bool {
        let count = next - position - 1
        guard count > 0, count <= 8, next[-1] == UInt8(ascii: ","), next.pointee == UInt8(ascii: "\""),
            position.pointee != UInt8(ascii: "0") || count == 1
        else { return false }
        // What stands behind the number is shifted out.
        let others = notDigits(word(at: position)) << UInt64(64 - 8 * count)
        if others == 0 { return true }
        let point = count - 8 + others.trailingZeroBitCount >> 3
        let isAlone = others & (others - 1) == 0
        return isAlone && point > 0 && point < count - 1 && position[point] == UInt8(ascii: ".")
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
            let others = notDigits(word(at: position))
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
