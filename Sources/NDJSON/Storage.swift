import Glibc

/// The memory that lines and values look into, so that neither is ever copied.
///
/// A class, because many views share one buffer and none of them owns it. Whoever refills the buffer raises
/// `generation`; a view remembers the generation that it was made in and refuses to read another one's bytes.
final class Storage {
    /// Room behind the last byte, so that the scanner may load a whole block of special bytes wherever it stands: none of
    /// it is to spare.
    static let padding = SpecialBytes.blockSize

    /// The bytes, `padding` included. Whoever hands out a view has put a line feed right behind it.
    ///
    /// Nobody watches at run time that accesses do not overlap: for short lines that costs more than their values do. What
    /// reads the bytes is the scanner and what copies values, none of which can reach the reader; what changes them is the
    /// reader, between two lines, on the same thread.
    @exclusivity(unchecked)
    private(set) var bytes: [UInt8]
    @exclusivity(unchecked)
    private(set) var generation = 0

    /// How many bytes fit, `padding` left aside.
    var capacity: Int { bytes.count - Storage.padding }

    init(capacity: Int) {
        bytes = [UInt8](repeating: 0, count: capacity + Storage.padding)
    }

    /// Takes over `document`. Nothing is copied when nobody else holds it and `padding` bytes more fit into its memory.
    init(taking document: consuming [UInt8]) {
        document.append(contentsOf: repeatElement(JSONScanner.lineFeed, count: Storage.padding))
        bytes = document
    }

    /// Makes every view handed out so far unreadable.
    func invalidateViews() {
        generation += 1
    }

    func setLineFeed(at offset: Int) {
        bytes[offset] = JSONScanner.lineFeed
    }

    /// Moves `range` to the front.
    func moveToFront(_ range: Range<Int>) {
        // Invariant: the range lies within the buffer (Range and Array check it), and memmove allows the overlap.
        bytes.withUnsafeMutableBytes { memory in
            let source = UnsafeRawBufferPointer(rebasing: memory[range])
            memory.copyMemory(from: source)
        }
    }

    func grow(toCapacity capacity: Int) {
        guard capacity > self.capacity else { return }
        bytes.append(contentsOf: repeatElement(0, count: capacity - self.capacity))
    }

    /// One read(2) into the room behind `offset`: the number of bytes, 0 at the end of the stream, or -1 and `errno`.
    func read(from descriptor: Int32, at offset: Int) -> Int {
        let room = capacity - offset
        // Invariant: read(2) writes at most `room` bytes, which end where the padding begins.
        return bytes.withUnsafeMutableBytes { memory in
            Glibc.read(descriptor, memory.baseAddress?.advanced(by: offset), room)
        }
    }

    /// Where the next line feed stands in `range`; nil when there is none.
    func lineFeed(in range: Range<Int>) -> Int? {
        // Invariant: memchr looks at `range.count` bytes, all within the buffer.
        bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress, !range.isEmpty,
                let found = memchr(base + range.lowerBound, Int32(JSONScanner.lineFeed), range.count)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
