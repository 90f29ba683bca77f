public import HTTP
public import NDJSON

/// What a run needs of the process around it: lines in, results out, time.
public protocol DeliveryEdge: ~Copyable {
    /// The next line that is not blank; nil at the end.
    mutating func nextLine() throws -> Line?
    /// Names the line and passes over it.
    mutating func skip(_ line: Line, _ error: EventError) throws
    /// Lines that were passed over.
    var skipped: Int { get }
    /// Writes a result.
    mutating func write(_ result: ResultLine) throws
    /// Hands on what is written.
    mutating func flush() throws
    /// Time that never goes back.
    var monotonicTime: Duration { get }
    /// The time of day.
    var wallTime: Timestamp { get }
    /// Waits; throws when the run has to end.
    mutating func sleep(for duration: Duration) throws
}

/// How a run ended.
public enum Ending: Equatable, Sendable {
    /// The input has no more lines.
    case finished
    /// So many events were tried as were allowed.
    case limitReached
    /// The time that the run may take is over, or would be before the next attempt.
    case outOfTime
    /// So many events in a row used up their attempts.
    case breakerOpen(events: Int, Reason)
    /// The other side asked for a longer wait than a run waits.
    case askedToWait(Duration, Reason)
    /// The other side takes no event of ours.
    case refused(Reason)
    /// So many events in a row were refused, and none was ever taken.
    case nothingAccepted(events: Int, Reason)
    /// The request cannot be made.
    case impossible(HTTPError)
    /// A signal came during an exchange.
    case interrupted
}

extension Ending {
    /// Whether there may be lines that nobody has read, and time to count them.
    public var leavesInput: Bool {
        switch self {
        case .finished, .interrupted: false
        case .limitReached, .outOfTime, .breakerOpen, .askedToWait, .refused, .nothingAccepted, .impossible: true
        }
    }
}

/// What a run tells about while it goes on.
public enum DeliveryNews: Equatable, Sendable {
    /// An attempt did not deliver, and the event will be tried again.
    case attemptFailed(EventPlace, attempt: Int, of: Int, Reason)
    /// The event used up its attempts and waits for the next run.
    case exhausted(EventPlace, Reason)
    /// The event failed for good.
    case failed(EventPlace, Reason)
    /// The pipeline behind Strava's webhook will drop the event. Told once.
    case lacksUpdates(EventPlace)
    /// An event is done with, in whatever way.
    case advanced(Summary)
}

/// Which event it is, for a message.
public struct EventPlace: Equatable, Sendable, CustomStringConvertible {
    /// The line in the input, from 1.
    public let line: Int
    /// The event's name.
    public let name: Excerpt

    init(_ event: Event) {
        line = event.line.number
        name = event.name
    }

    /// `stdin:17: activity 101 create`.
    public var description: String { "stdin:\(line): \(name)" }
}
