import Glibc
import NDJSON

/// Runs `body` with a reader of `stream`, all of which can be read at once.
func withLines(
    of stream: [UInt8], _ body: (inout LineReader) throws(Violation) -> Void
) throws(Violation) {
    let feed = Feed([stream[...]])
    var reader = LineReader(descriptor: feed.reading, maximumLineBytes: stream.count, beforeRead: feed.next)
    try body(&reader)
}

/// A pipe that is fed piece by piece, each when the reader has taken the one before: no thread, no chance.
public final class Feed {
    // A class, because two descriptors have one owner, and `deinit` closes them.

    /// Where the pieces come out.
    public let reading: Int32
    private let writing: Int32
    private var pieces: ArraySlice<ArraySlice<UInt8>>

    /// A pipe that nothing was written to yet.
    public init(_ pieces: [ArraySlice<UInt8>]) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptor left")
        // Not inherited by the processes that other tests start, which would keep the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
        self.pieces = pieces.filter { !$0.isEmpty }[...]
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Before each read: writes what fits of the next piece; at the end, closes the pipe.
    public func next() {
        // What a pipe takes at least. Source: pipe(7).
        let room = 65_536
        var waiting: Int32 = 0
        guard ioctl(reading, UInt(FIONREAD), &waiting) == 0, waiting == 0 else { return }
        guard let piece = pieces.popFirst() else {
            // Replaced, not closed: the number stays ours until `deinit`.
            let null = open("/dev/null", O_WRONLY)
            precondition(dup2(null, writing) == writing, "no descriptor left")
            close(null)
            return
        }
        let part = piece.prefix(room)
        if part.count < piece.count { pieces = [piece.dropFirst(room)] + pieces }
        // Invariant: write(2) reads at most the slice's own bytes.
        let count = part.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
        precondition(count == part.count, "an empty pipe takes 64 KiB")
    }
}
