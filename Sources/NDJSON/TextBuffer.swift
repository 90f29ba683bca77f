/// Memory that one text after another is written into, so that only the largest of them costs an allocation.
///
/// A class, since a transcript writes through its address.
final class TextBuffer {
    /// Room behind the place where writing stops: what a transcript may write between two looks at the limit.
    static let slack = 128

    private(set) var memory: UnsafeMutableBufferPointer<UInt8>

    /// An empty buffer.
    init() {
        memory = .allocate(capacity: 8 * 1024)
        memory.initialize(repeating: 0)
    }

    deinit { memory.deallocate() }

    /// Makes room for `count` bytes behind the first `kept`, which stay.
    func grow(keeping kept: Int, for count: Int) {
        precondition(kept <= memory.count, "more to keep than there is")
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: max(2 * memory.count, kept + count + TextBuffer.slack))
        // All of it, so that nothing that is read, padding included, was never written.
        larger.initialize(repeating: 0)
        // Invariant: `kept` bytes were written into the smaller memory, and the larger one is another.
        UnsafeMutableRawBufferPointer(larger).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<kept]))
        memory.deallocate()
        memory = larger
    }
}
