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
    /// Writes a record.
    mutating func write(_ record: some JSONRecord) throws
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
    /// The other side asked, in this run or an earlier one, to be left alone for longer than a run waits.
    case askedToWait(until: Timestamp, Excerpt)
    /// A quota is spent until that moment.
    case quotaSpent(until: Timestamp)
    /// Another run does not let go of the ledger.
    case ledgerBusy
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
    /// What an attempt that settles nothing, and is not repeated, means for the run.
    init(_ verdict: Verdict) {
        switch verdict {
        case .postponed(let reason, let moment): self = .askedToWait(until: moment, Excerpt("\(reason)"))
        case .unwelcome(let reason), .distrusted(let reason): self = .refused(reason)
        case .impossible(let error): self = .impossible(error)
        case .interrupted: self = .interrupted
        case .taken, .refused, .unavailable, .unreached, .unanswered:
            preconditionFailure("the event is settled or tried again: \(verdict)")
        }
    }

    /// What an earlier run was told: to be left alone, for longer than until `now`; nil when there is nothing of the kind.
    static func pause(of history: History, at now: Timestamp) -> Ending? {
        history.pause(at: now).map { .askedToWait(until: $0.end, $0.reason) }
    }

    /// Whether the run ended before it could find out whether the service, or an event, is to blame.
    var cutsShort: Bool {
        switch self {
        case .outOfTime, .quotaSpent, .ledgerBusy, .limitReached, .interrupted, .askedToWait: true
        case .finished, .breakerOpen, .refused, .nothingAccepted, .impossible: false
        }
    }

    /// Whether there may be lines that nobody has read, and time to count them.
    public var leavesInput: Bool {
        switch self {
        case .finished, .interrupted: false
        case .limitReached, .outOfTime, .breakerOpen, .askedToWait, .quotaSpent, .ledgerBusy, .refused,
            .nothingAccepted, .impossible:
            true
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
    /// A quota is spent, and the run waits for the next window.
    case waiting(until: Timestamp)
    /// An event is done with, in whatever way; how much of each quota is used.
    case advanced(Summary, [Standing])
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
