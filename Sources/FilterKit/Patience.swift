/// How long the input may pause.
///
/// A class, because two look at it: the edge that sets it, and the reader's hook that waits.
final class Patience {
    /// By the monotonic clock; nil for as long as it takes.
    var deadline: Duration?

    init(until deadline: Duration? = nil) {
        self.deadline = deadline
    }

    /// What is left, as poll(2) takes it: -1 without an end. Rounded up, so that nobody wakes a little early.
    var milliseconds: Int32 {
        guard let deadline else { return -1 }
        let rest = deadline - Clock.monotonic()
        return rest <= .zero ? 0 : Int32(min(rest / .milliseconds(1) + 1, 3_600_000))
    }
}

/// The input had nothing until the deadline. Thrown through the reader, which goes on where it was.
struct InputPause: Error {}
