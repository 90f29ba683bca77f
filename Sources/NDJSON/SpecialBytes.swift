// How the scanner finds the ends of strings: all at once, and not one after the other.
//
// Looking at a string 16 bytes at a time is fast only inside long strings. Most of a record's strings are keys and short
// values, and there the processor waits: where the next string begins is known only when the end of this one is. Here each
// block of 64 bytes is looked at without asking where strings are. What may end or interrupt a string becomes one bit of a
// word, and the ends of strings are read off these bits, some of them before the scanner has come so far.

/// Walks over the bytes that are no plain part of a string: quotes, backslashes, control characters, bytes outside ASCII.
///
/// Invariant: after all text of the storage stands a line feed, itself a special byte, with `Storage.padding` bytes of
/// memory from there on. Nobody asks for what comes after it, so that no block begins later and each can be read whole. A
/// scanner's own text may end before: `JSONScanner.endOfValue` passes over a part of a validated text, and what is ahead
/// may lie after that part.
struct SpecialBytes {
    typealias Position = JSONScanner.Position

    static let blockSize = 64

    /// The block's first byte, and a bit for each of its special bytes that is still ahead, the lowest for the first byte.
    private var block: Position
    private var ahead: UInt64

    /// The special bytes at `position` and after it.
    @inline(__always)
    init(from position: Position) {
        block = position
        ahead = SpecialBytes.bits(position)
    }

    /// The next special byte.
    @inline(__always)
    mutating func peek() -> Position {
        if ahead == 0 { (block, ahead) = SpecialBytes.blockWithBits(after: block) }
        return block + ahead.trailingZeroBitCount
    }

    /// The next special byte, which is passed with it.
    @inline(__always)
    mutating func next() -> Position {
        let position = peek()
        ahead &= ahead &- 1
        return position
    }

    /// Passes whatever stands before `position`.
    ///
    /// Invariant: `position` is none that was passed already.
    @inline(never)
    mutating func skip(to position: Position) {
        let blocks = (position - block) / SpecialBytes.blockSize
        if blocks > 0 {
            block += blocks * SpecialBytes.blockSize
            ahead = SpecialBytes.bits(block)
        }
        ahead &= UInt64.max << UInt64(position - block)
    }

    /// The first block after `block` that has special bytes, and their bits. Out of line, since a copy of it at each place
    /// where a string is passed over would be much code.
    @inline(never)
    private static func blockWithBits(after block: Position) -> (Position, UInt64) {
        var block = block
        var bits: UInt64 = 0
        while bits == 0 {
            block += blockSize
            bits = self.bits(block)
        }
        return (block, bits)
    }

    @inline(__always)
    private static func bits(_ block: Position) -> UInt64 {
        bits16(block) | bits16(block + 16) << 16 | bits16(block + 32) << 32 | bits16(block + 48) << 48
    }

    /// A bit for each special byte of 16.
    @inline(__always)
    private static func bits16(_ position: Position) -> UInt64 {
        let halves = unsafeBitCast(special(position) & weights, to: SIMD2<UInt64>.self)
        // Eight bytes, each zero or a power of two of its own: the product's highest byte is the sum of them all, and since
        // no two are alike nothing is carried.
        let low = (halves.x &* 0x0101_0101_0101_0101) >> 56
        let high = (halves.y &* 0x0101_0101_0101_0101) >> 56
        return low | high << 8
    }

    /// All bits of each special byte among the 16 at `position`.
    @inline(__always)
    static func special(_ position: Position) -> SIMD16<UInt8> {
        // The vectors are named and typed on purpose: with a literal on the right side of `.==` the compiler picks a
        // generic overload that loops over the lanes, 25 times slower.
        let bytes = UnsafeRawPointer(position).loadUnaligned(as: SIMD16<UInt8>.self)
        // One comparison for both ends of ASCII: what is below a blank wraps around to the top, where 0x80 and above end up.
        let special = (bytes .== quote) .| (bytes .== backslash) .| ((bytes &- space) .>= countOfASCII)
        return unsafeBitCast(special, to: SIMD16<UInt8>.self)
    }

    // Computed, since a stored global would be asked each time whether it was initialised already.
    @inline(__always)
    private static var quote: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\"")) }
    @inline(__always)
    private static var backslash: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\\")) }
    @inline(__always)
    private static var space: SIMD16<UInt8> { SIMD16<UInt8>(repeating: 0x20) }
    /// How many bytes of ASCII there are from the blank on.
    @inline(__always)
    private static var countOfASCII: SIMD16<UInt8> { SIMD16<UInt8>(repeating: 0x60) }
    @inline(__always)
    private static var weights: SIMD16<UInt8> {
        SIMD16<UInt8>(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128)
    }
}
