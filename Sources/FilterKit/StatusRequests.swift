import Glibc

/// Who asked by USR1 how far the run is, and what answers.
///
/// A class, because the answer is one, whoever holds a copy of the signals.
final class StatusRequests {
    /// Has a byte for each question; -1 as long as nothing answers.
    var descriptor: Int32 = -1
    var answer: () -> Void = {}

    /// Takes the bytes out, which end each wait as long as they are there: a question between a look and the next wait is
    /// found by the look behind it.
    func answerIfAsked() {
        guard descriptor >= 0 else { return }
        var room = [UInt8](repeating: 0, count: 64)
        // Invariant: read(2) writes at most `room.count` bytes. The pipe does not block.
        guard read(descriptor, &room, room.count) > 0 else { return }
        while read(descriptor, &room, room.count) > 0 {}
        answer()
    }
}
