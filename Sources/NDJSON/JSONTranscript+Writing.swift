import Glibc

// What a transcript writes. The scalars that rows are made of are copied 16 bytes at a time; a copy that finds something
// else than the plain form says so, leaves everything as it was, and somebody with more patience takes over.

extension JSONTranscript {
    // Computed, and typed in full, for the reasons that stand in JSONScanner+Strings.swift.
    private static var quote: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\"")) }
    private static var backslash: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "\\")) }
    private static var zero: SIMD16<UInt8> { SIMD16<UInt8>(repeating: UInt8(ascii: "0")) }
    private static var nine: SIMD16<UInt8> { SIMD16<UInt8>(repeating: 9) }

    // MARK: Room

    /// Makes sure that `TextBuffer.slack` bytes can be written.
    @inline(__always)
    mutating func makeRoom() {
        if target >= limit { grow() }
    }

    /// Whether `count` bytes can be written, and `TextBuffer.slack` behind them.
    func isRoom(for count: Int) -> Bool { limit - target >= count }

    @inline(never)
    mutating func grow() { grow(by: TextBuffer.slack) }

    /// Makes sure that `count` bytes can be written, and `TextBuffer.slack` behind them.
    @inline(never)
    mutating func grow(by count: Int) {
        guard let first = buffer.memory.baseAddress else { preconditionFailure("a buffer has memory") }
        let written = target - first
        buffer.grow(keeping: written, for: count + TextBuffer.slack)
        guard let first = buffer.memory.baseAddress else { preconditionFailure("a buffer has memory") }
        target = first + written
        limit = first + (buffer.memory.count - TextBuffer.slack)
    }

    // MARK: Text of the caller's

    /// All that was written since the last call.
    mutating func takeText() -> [UInt8] {
        guard let first = buffer.memory.baseAddress else { return [] }
        let text = [UInt8](unsafeUninitializedCapacity: target - first) { memory, count in
            count = target - first
            memory.baseAddress?.initialize(from: first, count: count)
        }
        target = first
        return text
    }

    /// Writes one byte.
    @inline(__always)
    mutating func write(_ byte: UInt8) {
        makeRoom()
        target.pointee = byte
        target += 1
    }

    /// Writes `bytes`.
    mutating func write(_ bytes: [UInt8]) {
        if !isRoom(for: bytes.count) { grow(by: bytes.count) }
        // Invariant: there is room for them.
        bytes.withUnsafeBufferPointer { memory in
            guard let first = memory.baseAddress else { return }
            target.update(from: first, count: memory.count)
        }
        target += bytes.count
    }

    /// Writes `null`, `true` or `false`.
    @inline(__always)
    mutating func write(_ literal: Bool?) {
        makeRoom()
        let (text, count): (UInt64, Int) =
            switch literal {
            case nil: (0x6C_6C75_6E, 4)
            case true: (0x65_7572_74, 4)
            case false: (0x65_736C_6166, 5)
            }
        // Invariant: eight bytes are less than the slack.
        UnsafeMutableRawPointer(target).storeBytes(of: text.littleEndian, as: UInt64.self)
        target += count
    }

    // MARK: Copies

    /// Copies a string with its escapes; false when the next value is none.
    @inline(__always)
    mutating func copyString() -> Bool {
        guard source.pointee == UInt8(ascii: "\"") else { return false }
        copyStringHere()
        return true
    }

    @inline(never)
    mutating func copyStringHere() {
        var from = source + 1
        makeRoom()
        var to = target
        to.pointee = UInt8(ascii: "\"")
        to += 1
        while true {
            if to >= limit {
                target = to
                grow(by: TextBuffer.slack)
                to = target
            }
            // Invariant: 16 bytes are less than the padding that is read and the slack that is written. What is behind the
            // special byte is written as well, and overwritten by what follows.
            let bytes = UnsafeRawPointer(from).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(to).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
            let special = (bytes .== JSONTranscript.quote) .| (bytes .== JSONTranscript.backslash)
            let halves = unsafeBitCast(special, to: SIMD2<UInt64>.self)
            let count: Int
            if halves.x != 0 {
                count = halves.x.trailingZeroBitCount >> 3
            } else if halves.y != 0 {
                count = 8 + halves.y.trailingZeroBitCount >> 3
            } else {
                from += 16
                to += 16
                continue
            }
            from += count
            to += count
            if from.pointee == UInt8(ascii: "\"") { break }
            // The text is valid: behind a backslash stands a byte that belongs to it.
            to[0] = from[0]
            to[1] = from[1]
            from += 2
            to += 2
        }
        to.pointee = UInt8(ascii: "\"")
        target = to + 1
        source = from + 1
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
        copyPlain(upTo: behind)
        return true
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
        copyPlain(upTo: behind)
        return true
    }

    /// Copies what stands between the quote at `source` and the one at `behind`.
    @inline(__always)
    private mutating func copyPlain(upTo behind: Position) {
        let count = behind - source - 1
        makeRoom()
        // Invariant: 32 bytes are less than the padding that is read and the slack that is written.
        let bytes = UnsafeRawPointer(source + 1).loadUnaligned(as: SIMD32<UInt8>.self)
        UnsafeMutableRawPointer(target).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
        if count > 32 {
            if !isRoom(for: count) { grow(by: count) }
            target.update(from: source + 1, count: count)
        }
        target += count
        source = behind + 1
    }

    /// The first byte at or behind `start` that is no digit.
    @inline(__always)
    private func behindDigits(_ start: Position) -> Position {
        var position = start
        while true {
            // Invariant: as in `JSONScanner.firstSpecialByte`; the line feed at the end is no digit.
            let bytes = UnsafeRawPointer(position).loadUnaligned(as: SIMD16<UInt8>.self)
            let others = (bytes &- JSONTranscript.zero) .> JSONTranscript.nine
            let halves = unsafeBitCast(others, to: SIMD2<UInt64>.self)
            if halves.x != 0 { return position + halves.x.trailingZeroBitCount >> 3 }
            if halves.y != 0 { return position + 8 + halves.y.trailingZeroBitCount >> 3 }
            position += 16
        }
    }

    /// Copies `"true"` and `"false"` as the literals that they are; false for another value.
    @inline(__always)
    mutating func copyBoolean() -> Bool {
        // Invariant: the padding makes the load of eight bytes legal.
        let word = UInt64(littleEndian: UnsafeRawPointer(source).loadUnaligned(as: UInt64.self))
        if word & 0xFFFF_FFFF_FFFF == 0x2265_7572_7422 {
            source += 6
            write(true)
            return true
        }
        if word & 0xFF_FFFF_FFFF_FFFF == 0x22_6573_6C61_6622 {
            source += 7
            write(false)
            return true
        }
        return false
    }
}
