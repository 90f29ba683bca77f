public import HTTP

/// How far a run goes.
public struct DeliveryLimits: Sendable {
    /// Attempts for each event in a run.
    public var attempts = 5
    /// So many events in a row that used up their attempts stop the run.
    public var breaker = 5
    /// Events that are tried; nil for all.
    public var events: Int?
    /// The moment, by the monotonic clock, at which no attempt begins any more; nil for none.
    public var deadline: Duration?
    /// Whether the run waits for the next window when a quota is spent; else it ends.
    public var waitsForQuota = false
    /// Whether events that failed in an earlier run are sent again.
    public var retriesFailed = false
    /// The wait between two attempts for one event.
    public var backoff = Backoff()

    /// The usual ones.
    public init() {}
}
