import Glibc

/// Writes records, one on a line, through one buffer.
public struct LineWriter: ~Copyable {
    private static let flushSize = 64 * 1024

    private let descriptor: Int32
    private var text = JSONText()

    /// - Parameter descriptor: Where the lines go. It stays open.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether something waits for `flush`.
    public var isEmpty: Bool { text.bytes.isEmpty }

    /// Appends `record` and a line feed, and writes when the buffer is full. Throws `StreamError.cannotWrite`.
    public mutating func write(_ record: some JSONRecord) throws(StreamError) {
        record.write(to: &text)
        text.endLine()
        if text.bytes.count >= LineWriter.flushSize { try flush() }
    }

    /// Writes all that waits. Throws `StreamError.cannotWrite`; what could not be written is dropped, so that an error
    /// is reported once and not again at the end.
    public mutating func flush() throws(StreamError) {
        defer { text.removeAll() }
        try writeAll(text.bytes, to: descriptor)
    }
}

/// Writes all of `bytes`, however many write(2) calls that takes.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(StreamError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        // Invariant: write(2) reads at most the slice's own bytes.
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            // Another program made the stream non-blocking: wait until it takes something.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
            throw .cannotWrite(errno: errno)
        }
    }
}
