// A transcript reads a validated text and writes another one: values go from bytes to bytes, and nothing is built.
//
// It promises:
// (1) It reads forward only, within a text that `JSONScanner` has accepted and that ends with `Storage.padding` bytes.
// (2) It writes nothing behind its buffer: whatever writes up to `TextBuffer.slack` bytes looks at the limit first.
// (3) What it copies is valid where it stood, hence valid where it goes; what it makes of a text is checked again.

/// Copies parts of a validated text, one value after another.
///
/// Invariant of all pointers here: those of `Copyist`, and nobody changes the storage while a transcript exists, since one
/// lives only inside `CellRows.next`.
struct JSONTranscript {
    typealias Position = JSONScanner.Position

    let scanner: JSONScanner
    let buffer: TextBuffer
    var copyist: Copyist
    /// The values of the row that are no part of its object.
    var asides: [CellRow.Aside] = []

    init?(base: Position, offset: Int, end: Int, into buffer: TextBuffer) {
        guard let first = buffer.memory.baseAddress else { return nil }
        scanner = JSONScanner(base: base, end: base + end)
        self.buffer = buffer
        copyist = Copyist(
            source: base + offset, target: first, limit: first + (buffer.memory.count - TextBuffer.slack))
    }

    var source: Position {
        get { copyist.source }
        set { copyist.source = newValue }
    }

    var target: UnsafeMutablePointer<UInt8> {
        get { copyist.target }
        set { copyist.target = newValue }
    }

    // MARK: Places

    /// A place in the text that is read.
    struct Mark {
        let position: Position
    }

    /// Where the next value begins.
    var mark: Mark { Mark(position: source) }

    /// The first byte of the next value.
    var firstByte: UInt8 { source.pointee }

    /// The beginning of the value at `mark`, for a message: what a string says, or another value as it stands.
    func excerpt(at mark: Mark) -> Excerpt {
        let bytes = UnsafeBufferPointer(start: mark.position, count: behindValue(mark.position) - mark.position)
        guard bytes.first == UInt8(ascii: "\"") else { return Excerpt(bytes: bytes) }
        return Excerpt(JSONString.decode(bytes.dropFirst().dropLast()))
    }

    /// How many elements the array at `mark` has; 0 when there is none.
    func count(at mark: Mark) -> Int {
        var counter = self
        counter.source = mark.position
        guard counter.openArray() == .elements else { return 0 }
        var count = 0
        repeat {
            count += 1
            counter.skipValue()
        } while counter.nextElement()
        return count
    }

    // MARK: Objects of one member

    /// Passes over `{"key":`, and whatever members stand before it; false when no object with that key stands here.
    @inline(__always)
    mutating func enter(_ key: UInt8) -> Bool {
        // Invariant: the padding makes the load of four bytes legal. They are the whole of what most servers send.
        let head = UInt32(littleEndian: UnsafeRawPointer(source).loadUnaligned(as: UInt32.self))
        if head == 0x2200_227B | UInt32(key) << 16, source[4] == UInt8(ascii: ":"), source[5] > 0x20 {
            source += 5
            return true
        }
        return seek(key)
    }

    /// Passes over the end of the object that was entered, and whatever members stand before it; false when `key` stands
    /// again: an object is read once, so that the last of two values cannot count.
    @inline(__always)
    mutating func leave(_ key: UInt8) -> Bool {
        if source.pointee == UInt8(ascii: "}") {
            source += 1
            return true
        }
        return finish(key)
    }

    @inline(never)
    mutating func seek(_ key: UInt8) -> Bool {
        guard source.pointee == UInt8(ascii: "{") else { return false }
        source = scanner.skipWhiteSpace(source + 1)
        while source.pointee == UInt8(ascii: "\"") {
            let isWanted = skipKey() == key
            if isWanted { return true }
            skipValue()
            source = scanner.skipWhiteSpace(source)
            guard source.pointee == UInt8(ascii: ",") else { return false }
            source = scanner.skipWhiteSpace(source + 1)
        }
        return false
    }

    @inline(never)
    mutating func finish(_ key: UInt8) -> Bool {
        source = scanner.skipWhiteSpace(source)
        while source.pointee == UInt8(ascii: ",") {
            source = scanner.skipWhiteSpace(source + 1)
            guard skipKey() != key else { return false }
            skipValue()
            source = scanner.skipWhiteSpace(source)
        }
        source += 1
        return true
    }

    /// Passes over a key, its colon, and the white space around that. The key's byte, when it has one only.
    private mutating func skipKey() -> UInt8? {
        let start = source + 1
        source = behindValue(source)
        // Invariant: the key was just passed over, its closing quote included.
        let bytes = UnsafeBufferPointer(start: start, count: source - 1 - start)
        source = scanner.skipWhiteSpace(scanner.skipWhiteSpace(source) + 1)
        // "\u0076" is the same key as "v"; nobody writes it so, and it must be found all the same.
        let key = bytes.count == 1 ? nil : JSONString.decode(bytes).utf8
        return bytes.count == 1 ? bytes[0] : key.flatMap { $0.count == 1 ? $0.first : nil }
    }

    // MARK: Arrays

    /// What stands where an array is looked for.
    enum Opening {
        case elements, nothing, noArray
    }

    /// Passes over `[`, and over `]` as well when nothing is in between.
    @inline(__always)
    mutating func openArray() -> Opening {
        guard source.pointee == UInt8(ascii: "[") else { return .noArray }
        source += 1
        if source.pointee <= 0x20 { skipWhiteSpace() }
        guard source.pointee == UInt8(ascii: "]") else { return .elements }
        source += 1
        return .nothing
    }

    /// Passes over what stands behind an element: a comma, or the array's end; false at its end.
    @inline(__always)
    mutating func nextElement() -> Bool {
        if source.pointee <= 0x20 { skipWhiteSpace() }
        let byte = source.pointee
        source += 1
        guard byte == UInt8(ascii: ",") else { return false }
        if source.pointee <= 0x20 { skipWhiteSpace() }
        return true
    }

    @inline(never)
    mutating func skipWhiteSpace() {
        source = scanner.skipWhiteSpace(source)
    }

    // MARK: Any value

    /// Passes over the next value.
    mutating func skipValue() {
        source = behindValue(source)
    }

    /// Passes over `null`, if it stands here.
    @inline(__always)
    mutating func skipNull() -> Bool {
        guard source.pointee == UInt8(ascii: "n") else { return false }
        source += 4
        return true
    }

    /// Passes over the next value: what a string says, or a number or literal as it stands; nil for objects and arrays.
    mutating func takeScalar() -> [UInt8]? {
        let start = source
        skipValue()
        let bytes = UnsafeBufferPointer(start: start, count: source - start)
        switch start.pointee {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
        case UInt8(ascii: "\""): return Array(JSONString.decode(bytes.dropFirst().dropLast()).utf8)
        default: return Array(bytes)
        }
    }

    /// Where the valid value ends that begins at `start`.
    func behindValue(_ start: Position) -> Position {
        (try? scanner.skipValue(start, depth: 0)) ?? scanner.end
    }
}

extension JSONTranscript {
    /// Passes over what stands between two elements.
    mutating func skipSeparators() {
        while source.pointee == UInt8(ascii: ",") || JSONScanner.isWhiteSpace(source.pointee), source < scanner.end {
            source += 1
        }
    }
}
