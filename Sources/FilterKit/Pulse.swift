/// Tells when it is time for a sign of life: once a minute, so that a log stays readable and nobody takes a long run for
/// one that hangs, or as often as a terminal is redrawn.
public struct Pulse {
    private let interval: Duration
    private var next: Duration

    /// Beats for the first time an `interval` after `now`, by a clock that nobody sets.
    public init(from now: Duration, every interval: Duration = .seconds(60)) {
        self.interval = interval
        next = now + interval
    }

    /// Whether an interval has passed since it last did.
    public mutating func beats(at now: Duration) -> Bool {
        guard now >= next else { return false }
        // From now on, and not from when it was due: after a stall there is no burst.
        next = now + interval
        return true
    }
}
