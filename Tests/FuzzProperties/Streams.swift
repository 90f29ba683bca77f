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
final class Feed {
    /// Where the pieces come out.
    let reading: Int32
    private var writing: Int32?
    private var pieces: ArraySlice<ArraySlice<UInt8>>

    init(_ pieces: [ArraySlice<UInt8>]) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptor left")
        reading = ends[0]
        writing = ends[1]
        self.pieces = pieces.filter { !$0.isEmpty }[...]
    }

    deinit {
        close(reading)
        if let writing { close(writing) }
    }

    /// Before each read: writes what fits of the next piece, or closes the pipe.
    func next() {
        // What a pipe takes at least. Source: pipe(7).
        let room = 65_536
        var waiting: Int32 = 0
        guard let writing, ioctl(reading, UInt(FIONREAD), &waiting) == 0, waiting == 0 else { return }
        guard let piece = pieces.popFirst() else {
            close(writing)
            self.writing = nil
            return
        }
        let part = piece.prefix(room)
        if part.count < piece.count { pieces = [piece.dropFirst(room)] + pieces }
        // Invariant: write(2) reads at most the slice's own bytes.
        let count = part.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
        precondition(count == part.count, "an empty pipe takes 64 KiB")
    }
}
