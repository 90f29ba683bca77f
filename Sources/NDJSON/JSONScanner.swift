// The scanner: one pass over JSON text that validates every byte and builds nothing.
//
// It promises:
// (1) What it passes over is valid by RFC 8259, UTF-8 and surrogate pairs included; the first flaw is thrown with its
//     column.
// (2) It reads no byte after the padding of `Storage`, whatever it looks at ahead, and hands out no position after `end`.
// (3) It recurses only along the paths that are looked for, never along the text.
//
// The trick behind its speed: whoever made the storage put a line feed at `end`. A line feed is no digit, no part of a
// literal and no legal byte of a string, so that every loop stops there without comparing positions. Only white space
// may be a line feed itself, and that loop does compare.

/// Passes over JSON values in bytes that end with a line feed.
///
/// Invariant of all pointers here: they lie between the storage's first byte and `end`. At `end` stands a line feed, with
/// `Storage.padding` bytes of memory from there on; or, in text that is validated already, what follows it there, and such
/// a line feed later. Nobody changes the storage while a scanner exists: each lives inside one access to the bytes.
struct JSONScanner {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    /// Levels of objects and arrays that are accepted.
    static let maximumDepth = 1000

    typealias Position = UnsafePointer<UInt8>

    let base: Position
    let end: Position

    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn
    }

    /// Runs `body` with a scanner over `range` of the storage, whose byte behind the range is a line feed.
    static func withScanner<Result>(
        over storage: Storage, _ range: Range<Int>,
        _ body: (JSONScanner, Position) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        // Invariant: the array is not changed inside the closure, and holds the range, the line feed and the padding.
        try storage.bytes.withUnsafeBufferPointer { (memory) throws(JSONError) in
            guard let first = memory.baseAddress else { throw .syntax(.end, column: 1) }
            precondition(range.upperBound + Storage.padding <= memory.count, "no padding behind the text")
            let scanner = JSONScanner(base: first, end: first + range.upperBound)
            return try body(scanner, first + range.lowerBound)
        }
    }

    /// The offset of `position` in the storage.
    func offset(_ position: Position) -> Int { position - base }

    @inline(__always)
    func skipWhiteSpace(_ position: Position) -> Position {
        // What programs write has none: one comparison instead of four.
        guard position.pointee <= 0x20 else { return position }
        var position = position
        while JSONScanner.isWhiteSpace(position.pointee), position < end { position += 1 }
        return position
    }

    /// Passes over one value of any kind that begins at `position`, itself `depth` levels deep.
    func skipValue(_ position: Position, depth: Int) throws(Stumble) -> Position {
        switch position.pointee {
        case UInt8(ascii: "\""): return try skipString(position + 1)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var special = SpecialBytes(from: position)
            return try skipContainer(position, depth: depth, &special)
        default: return try skipScalar(position)
        }
    }

    /// The same for a value within another one, whose special bytes are walked over already.
    @inline(__always)
    func skipValue(_ position: Position, depth: Int, _ special: inout SpecialBytes) throws(Stumble) -> Position {
        switch position.pointee {
        case UInt8(ascii: "\""): return try skipString(position, &special).end
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try skipContainer(position, depth: depth, &special)
        default: return try skipScalar(position)
        }
    }

    /// A flaw and its offset in the storage; whoever knows where the text began makes a column of it.
    enum Stumble: Error {
        case flaw(JSONError.Flaw, offset: Int)
        case tooDeep
    }

    /// What is wrong at `position`. Whatever was expected there: at `end` it is that the text ends too early.
    func stumble(_ flaw: JSONError.Flaw, _ position: Position) -> Stumble {
        position >= end ? .flaw(.end, offset: offset(end)) : .flaw(flaw, offset: offset(position))
    }

    // MARK: Containers

    /// Passes over an object or array with all that it holds, without recursion: one bit for each open level.
    func skipContainer(
        _ start: Position, depth outer: Int, _ special: inout SpecialBytes
    ) throws(Stumble) -> Position {
        // A copy, which the loop can keep in registers.
        var ahead = special
        var position = start
        var levels = Levels()
        while true {
            // Here a value begins. The common kinds come first.
            let byte = position.pointee
            if byte == UInt8(ascii: "\"") {
                position = try skipString(position, &ahead).end
            } else if isDigit(byte) {
                // In an array no key is near, and looking for one might take long.
                if levels.isObject {
                    let next = ahead.peek()
                    if isShortNumber(position, before: next) {
                        position = try skipKey(next, &ahead)
                        continue
                    }
                }
                position = try skipScalar(position)
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard outer + levels.count < JSONScanner.maximumDepth else { throw .tooDeep }
                if levels.count > 0, beginsWithALetterAndString(position) {
                    // What is special in it stays ahead, and is passed all at once with the next key.
                    position = try skipString(position + 6)
                    if position.pointee == UInt8(ascii: "}") { position += 1 } else { levels.push(isObject: true) }
                } else {
                    levels.push(isObject: byte == UInt8(ascii: "{"))
                    position = skipWhiteSpace(position + 1)
                    if position.pointee != levels.closingBracket {
                        if levels.isObject { position = try skipKey(position, &ahead) }
                        continue
                    }
                }
            } else {
                position = try skipScalar(position)
            }
            // Here a value has ended, or an empty container is about to.
            while true {
                // `,"`, the first as the low byte: a comma, and the next key right after it.
                if levels.isObject, word(at: position, bytes: 2) == 0x222C {
                    position = try skipKey(position + 1, &ahead)
                    break
                }
                position = skipWhiteSpace(position)
                if position.pointee == UInt8(ascii: ",") {
                    position = skipWhiteSpace(position + 1)
                    if levels.isObject { position = try skipKey(position, &ahead) }
                    break
                }
                guard position.pointee == levels.closingBracket else {
                    throw stumble(.unexpected(position.pointee), position)
                }
                position += 1
                levels.pop()
                if levels.count == 0 {
                    special = ahead
                    return position
                }
            }
        }
    }

    /// Whether `{"x":"` stands at `position`, whatever the letter: most objects in the answers of some servers are cells
    /// of this form, and a row has hundreds of them. Six bytes at once are much less work than five steps.
    @inline(__always)
    private func beginsWithALetterAndString(_ position: Position) -> Bool {
        let word = word(at: position, bytes: 6)
        let letter = UInt8(truncatingIfNeeded: word >> 16) | 0x20
        return word & 0xFFFF_FF00_FFFF == 0x223A_2200_227B && letter &- UInt8(ascii: "a") < 26
    }

    /// Passes over `"key":` and the white space around the colon.
    @inline(__always)
    private func skipKey(_ position: Position, _ special: inout SpecialBytes) throws(Stumble) -> Position {
        guard position.pointee == UInt8(ascii: "\"") else { throw stumble(.unexpected(position.pointee), position) }
        return try skipColon(skipString(position, &special).end)
    }

    /// Passes over the colon between key and value, and the white space around it.
    @inline(__always)
    func skipColon(_ position: Position) throws(Stumble) -> Position {
        var position = position
        if position.pointee != UInt8(ascii: ":") {
            position = skipWhiteSpace(position)
            guard position.pointee == UInt8(ascii: ":") else { throw stumble(.unexpected(position.pointee), position) }
        }
        return skipWhiteSpace(position + 1)
    }

    /// The bytes at `position` as one word, up to eight of them; the first is the lowest.
    ///
    /// Invariant: the padding behind `end` makes the load of eight bytes legal.
    @inline(__always)
    func word(at position: Position, bytes count: Int = 8) -> UInt64 {
        let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        return word & UInt64.max >> UInt64(64 - 8 * count)
    }
}

/// The open levels of a container: a bit for each, set for an object and clear for an array.
private struct Levels {
    private(set) var count = 0
    private var top: UInt64 = 0
    /// The levels below the topmost 64, in whole words; empty for any text that a person would write.
    private var buried: [UInt64] = []

    @inline(__always)
    var isObject: Bool { top & 1 == 1 }

    /// What ends the innermost container.
    var closingBracket: UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

    @inline(__always)
    mutating func push(isObject: Bool) {
        if count & 63 == 0, count > 0 {
            buried.append(top)
            top = 0
        }
        top = top << 1 | (isObject ? 1 : 0)
        count += 1
    }

    @inline(__always)
    mutating func pop() {
        top >>= 1
        count -= 1
        if count & 63 == 0, count > 0, let word = buried.popLast() { top = word }
    }
}
