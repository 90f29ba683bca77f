/// Exponential backoff with full jitter: how long to wait before something is tried again.
///
/// Full jitter (anything from nothing to the ceiling) keeps many clients that failed together from coming back together.
/// Source: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter.
public struct Backoff: Sendable {
    /// The ceiling after the first attempt; it doubles with each further one.
    public let first: Duration
    /// The highest ceiling.
    public let cap: Duration

    /// One second, doubling up to a minute, unless said otherwise.
    public init(first: Duration = .seconds(1), cap: Duration = .seconds(60)) {
        self.first = first
        self.cap = cap
    }

    /// The wait after so many failed attempts, counted from 1. `chance` is a random number in 0..<1.
    public func delay(afterAttempt attempt: Int, chance: Double) -> Duration {
        // Doubling more than 30 times would pass any cap, and overflow at last.
        min(cap, first * (1 << min(attempt - 1, 30))) * chance
    }
}
