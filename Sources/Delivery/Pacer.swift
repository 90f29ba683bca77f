/// Spreads attempts evenly over time: at most one in each interval, and no burst after a stall.
///
/// It looks at no clock; `now` is any clock that never goes back.
public struct Pacer: Sendable {
    private let interval: Duration
    private var nextSlot: Duration?

    /// One attempt in each interval of `rate`.
    public init(_ rate: Rate) {
        interval = rate.interval
    }

    /// How long to wait before the next attempt, whose slot is taken by this call.
    public mutating func delay(at now: Duration) -> Duration {
        let slot = max(now, nextSlot ?? now)
        // From the slot we took, not from the one we missed: after a stall there is no burst.
        nextSlot = slot + interval
        return slot - now
    }

    /// Tells that the attempt whose slot was taken last leaves at `now`. One that is a whole interval late missed its slot
    /// (the process was stopped, the machine asleep): the next one counts from now, and does not follow at once.
    public mutating func left(at now: Duration) {
        guard let slot = nextSlot, now >= slot else { return }
        nextSlot = now + interval
    }

    /// Takes no slot before `moment`: the other side asked for a pause, whichever event comes next.
    public mutating func pause(until moment: Duration) {
        nextSlot = max(moment, nextSlot ?? moment)
    }
}
