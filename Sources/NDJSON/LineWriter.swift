import Glibc

/// Writes records, one on a line, through one buffer.
public struct LineWriter: ~Copyable {
    private static let flushSize = 64 * 1024
    // What a pipe takes whole, once it says that it takes something. Source: pipe(7), PIPE_BUF.
    private static let pieceSize = 4096

    private let descriptor: Int32
    private let isStopped: () -> Bool
    private var text = JSONText()
    /// What a stop kept from being written.
    private var left: [UInt8] = []

    /// - Parameters:
    ///   - descriptor: Where the lines go. It stays open.
    ///   - isStopped: Asked before each write: whether the run has to end.
    public init(descriptor: Int32, isStopped: @escaping () -> Bool = { false }) {
        self.descriptor = descriptor
        self.isStopped = isStopped
    }

    /// Whether something waits for `flush`.
    public var isEmpty: Bool { text.bytes.isEmpty }

    /// Appends `record` and a line feed, and writes when the buffer is full. Throws as `flush` does.
    public mutating func write(_ record: some JSONRecord) throws(StreamError) {
        record.write(to: &text)
        text.endLine()
        if text.bytes.count >= LineWriter.flushSize { try flush() }
    }

    /// Writes all that waits. Throws `StreamError.cannotWrite`; what could not be written is dropped, so that an error
    /// is reported once and not again at the end. Throws `.stopped` when the run has to end before all is written;
    /// `finish(unless:)` has what is left.
    public mutating func flush() throws(StreamError) {
        // Emptied here, while nothing else holds the text: it would get new memory for each flush.
        defer { text.removeAll() }
        let written = try writeUntilStopped(text.bytes, to: descriptor, isStopped)
        guard written == text.bytes.count else {
            left += text.bytes[written...]
            throw .stopped
        }
    }

    /// Writes what a stop, and the end of the run, left unwritten, as long as the reader takes it at once or `isLate` says
    /// that it is too late. What is not written then is lost.
    public mutating func finish(unless isLate: () -> Bool) {
        var rest = (left + text.bytes)[...]
        left = []
        text.removeAll()
        while !rest.isEmpty, !isLate() {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 50) > 0 else { continue }
            let piece = rest.prefix(LineWriter.pieceSize)
            // Invariant: write(2) reads at most the slice's own bytes.
            let count = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR || errno == EAGAIN else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// Writes all of `bytes`, however many write(2) calls that takes.
package func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, unless isStopped: () -> Bool = { false }
) throws(StreamError) {
    _ = try writeUntilStopped(bytes, to: descriptor, isStopped)
}

/// Writes `bytes`; how many were written when `isStopped` said that this is the end, else all.
private func writeUntilStopped(
    _ bytes: [UInt8], to descriptor: Int32, _ isStopped: () -> Bool
) throws(StreamError) -> Int {
    var written = 0
    // Asked before each write: a signal that came before it ends no write that waits for the reader.
    while written < bytes.count, !isStopped() {
        // Invariant: write(2) reads at most the array's own bytes.
        let count = bytes.withUnsafeBytes { memory in
            let rest = UnsafeRawBufferPointer(rebasing: memory[written...])
            return Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
        if count >= 0 {
            written += count
        } else if errno == EAGAIN {
            // Another program made the stream non-blocking: wait until it takes something.
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
            throw .cannotWrite(errno: errno)
        }
    }
    return written
}
