/// Tells when it is time for a sign of life: once a minute, so that a log stays readable and nobody takes a long run for
/// one that hangs.
public struct Pulse {
    private static let interval = Duration.seconds(60)

    private var next: Duration

    /// Beats for the first time a minute after `now`, by a clock that nobody sets.
    public init(from now: Duration) { next = now + Pulse.interval }

    /// Whether a minute has passed since it last did.
    public mutating func beats(at now: Duration) -> Bool {
        guard now >= next else { return false }
        // From now on, and not from when it was due: after a stall there is no burst.
        next = now + Pulse.interval
        return true
    }
}
