import Glibc

// A copyist moves plain values from one text to the other, 16 bytes at a time. A value is twenty bytes or so, and a few
// nanoseconds are all the time there is for it: hence everything here is inlined, and works on two places that a loop can
// keep in registers. What is not plain, or finds no room, stays where it is, for a transcript that has more patience.

/// The place that is read, and the place that is written.
///
/// Invariant: `source` lies between the first byte of a storage and the end of a valid text in it, behind which stands
/// `Storage.padding`; `target` lies in a text buffer, whose last `TextBuffer.slack` bytes begin at `limit`.
struct Copyist {
    typealias Position = JSONScanner.Position

    var source: Position
    var target: UnsafeMutablePointer<UInt8>
    var limit: UnsafeMutablePointer<UInt8>

    // Computed, and typed in full, for the reasons that stand in SpecialBytes.swift.
    private static var quote: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\"")) }
    private static var backslash: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\\")) }
    private static var zero: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "0")) }
    private static var nine: SIMD16<UInt8> { SIMD16<UInt8>(repeating: 9) }

    /// Whether less than `TextBuffer.slack` bytes can be written.
    var isFull: Bool { target >= limit }

    // MARK: Cells

    /// Passes over the seven bytes between one cell's value and the next one's, if nothing else stands there.
    @inline(__always)
    mutating func skipBetweenCells(_ layout: borrowing CellLayout) -> Bool {
        // Invariant: the padding makes the load of eight bytes legal.
        let word = UInt64(littleEndian: UnsafeRawPointer(source).loadUnaligned(as: UInt64.self))
        guard word & 0xFF_FFFF_FFFF_FFFF == layout.betweenCells, source[7] > 0x20 else { return false }
        source += 7
        return true
    }

    /// Copies a key, and the plain value behind it; false, and nothing copied, when the value is another one.
    @inline(__always)
    mutating func copyMember(_ step: CellLayout.Step, _ keys: borrowing JSONKeys) -> Bool {
        guard step.isPlain, !isFull else { return false }
        let start = target
        keys.copy(step.key, to: target)
        target += step.key.count
        if copyPlain(step.form) { return true }
        target = start
        return false
    }

    /// Copies a value in the plain notation of its form; false, and nothing copied, for another one.
    @inline(__always)
    mutating func copyPlain(_ form: CellLayout.Form) -> Bool {
        switch form {
        case .text: copyString()
        case .integer: copyInteger()
        case .number: copyDecimal()
        case .boolean: copyBoolean()
        case .moment, .document, .record, .other: false
        }
    }

    // MARK: Values

    /// Copies a string with its escapes; false for another value, and when there is no room for all of it.
    @inline(__always)
    mutating func copyString() -> Bool {
        guard source.pointee == UInt8(ascii: "\""), !isFull else { return false }
        var (from, to) = (source + 1, target + 1)
        target.pointee = UInt8(ascii: "\"")
        while true {
            // Invariant: 16 bytes are less than the padding that is read and the slack that is written. What stands behind
            // the special byte is written as well, and overwritten by what follows.
            let bytes = UnsafeRawPointer(from).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(to).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
            let special = (bytes .== Copyist.quote) .| (bytes .== Copyist.backslash)
            let halves = unsafeBitCast(special, to: SIMD2<UInt64>.self)
            var count = 16
            if halves.x != 0 {
                count = halves.x.trailingZeroBitCount >> 3
            } else if halves.y != 0 {
                count = 8 + halves.y.trailingZeroBitCount >> 3
            }
            from += count
            to += count
            if count < 16 {
                if from.pointee == UInt8(ascii: "\"") { break }
                // The text is valid: behind a backslash stands a byte that belongs to it.
                to[0] = from[0]
                to[1] = from[1]
                from += 2
                to += 2
            }
            if to >= limit { return false }
        }
        to.pointee = UInt8(ascii: "\"")
        (source, target) = (from + 1, to + 1)
        return true
    }

    /// Copies an integer within Int64 that stands in a string, without leading zeros; false for another value.
    @inline(__always)
    mutating func copyInteger() -> Bool {
        let first = source[1] == UInt8(ascii: "-") ? source + 2 : source + 1
        let behind = behindDigits(first)
        let count = behind - first
        guard source.pointee == UInt8(ascii: "\""), behind.pointee == UInt8(ascii: "\""), count > 0,
            first.pointee != UInt8(ascii: "0") || behind == source + 2, count < 19 || isInt64(first, count)
        else { return false }
        return copy(upTo: behind)
    }

    /// Whether so many digits, of which the first is no zero, are a number within Int64, whatever their sign.
    ///
    /// Of two numbers with 19 digits the texts compare as the numbers do. The one that has only a negative twin is left to
    /// whoever is more patient.
    private func isInt64(_ digits: Position, _ count: Int) -> Bool {
        let largest: StaticString = "9223372036854775807"
        return count == largest.utf8CodeUnitCount && memcmp(digits, largest.utf8Start, count) <= 0
    }

    /// Copies a number without an exponent that stands in a string, with all its digits; false for another value.
    @inline(__always)
    mutating func copyDecimal() -> Bool {
        let first = source[1] == UInt8(ascii: "-") ? source + 2 : source + 1
        var behind = behindDigits(first)
        guard source.pointee == UInt8(ascii: "\""), behind > first,
            first.pointee != UInt8(ascii: "0") || behind == first + 1
        else { return false }
        if behind.pointee == UInt8(ascii: ".") {
            let decimals = behind + 1
            behind = behindDigits(decimals)
            guard behind > decimals else { return false }
        }
        guard behind.pointee == UInt8(ascii: "\"") else { return false }
        return copy(upTo: behind)
    }

    /// Copies what stands between the quote at `source` and the one at `behind`; false when there is no room for it.
    @inline(__always)
    private mutating func copy(upTo behind: Position) -> Bool {
        let count = behind - source - 1
        guard count <= limit - target else { return false }
        // Invariant: 32 bytes are less than the padding that is read and the slack that is written.
        let bytes = UnsafeRawPointer(source + 1).loadUnaligned(as: SIMD32<UInt8>.self)
        UnsafeMutableRawPointer(target).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
        if count > 32 { target.update(from: source + 1, count: count) }
        target += count
        source = behind + 1
        return true
    }

    /// The first byte at or behind `start` that is no digit.
    @inline(__always)
    private func behindDigits(_ start: Position) -> Position {
        var position = start
        while true {
            // Invariant: as in `JSONScanner.firstSpecialByte`; the line feed at the end is no digit.
            let bytes = UnsafeRawPointer(position).loadUnaligned(as: SIMD16<UInt8>.self)
            let others = (bytes &- Copyist.zero) .> Copyist.nine
            let halves = unsafeBitCast(others, to: SIMD2<UInt64>.self)
            if halves.x != 0 { return position + halves.x.trailingZeroBitCount >> 3 }
            if halves.y != 0 { return position + 8 + halves.y.trailingZeroBitCount >> 3 }
            position += 16
        }
    }

    /// Copies `"true"` and `"false"` as the literals that they are; false for another value.
    @inline(__always)
    mutating func copyBoolean() -> Bool {
        guard !isFull else { return false }
        // Invariant: the padding makes the load of eight bytes legal, and the slack the store of as many.
        let word = UInt64(littleEndian: UnsafeRawPointer(source).loadUnaligned(as: UInt64.self))
        if word & 0xFFFF_FFFF_FFFF == 0x2265_7572_7422 {
            source += 6
            write(0x65_7572_74, count: 4)
            return true
        }
        if word & 0xFF_FFFF_FFFF_FFFF == 0x22_6573_6C61_6622 {
            source += 7
            write(0x65_736C_6166, count: 5)
            return true
        }
        return false
    }

    /// Writes the first bytes of a word, up to eight. The caller has made room.
    @inline(__always)
    mutating func write(_ word: UInt64, count: Int) {
        UnsafeMutableRawPointer(target).storeBytes(of: word.littleEndian, as: UInt64.self)
        target += count
    }
}
