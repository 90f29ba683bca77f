// What each answer does to the event, to the run, to the quota and to the exit status. This is the table: `consequence` is
// its code, the manual page has the same rows, and a test runs each of them.
//
//   verdict        what came                                  the event           the run               charge      status
//   taken          2xx                                        delivered           goes on               stands      0
//   unavailable    408, 425, 429, 5xx                         tried again, waits  until the breaker     stands      75
//   postponed      the same, Retry-After over 15 minutes      waits               stops                 stands      75
//   unreached      no address, no connection                  tried again, waits  until the breaker     taken back  75
//   unanswered     sent; then nothing, a reset, half a head   tried again, waits  until the breaker     stands      75
//   refused        3xx, other 4xx                             failed              until three at first  stands      1 (77)
//   unwelcome      401, 403, 404, 407, 410                    waits               stops                 stands      77
//   distrusted     TLS; the proxy: 401, 403, 407              waits               stops                 taken back  77
//   impossible     no request can be made                     waits               stops                 taken back  78
//   interrupted    a signal during the exchange               waits               stops                 if sent     128 + n
//
// An event that waited at the end of three runs is failed. When the head of an answer is whole, its status counts, whatever
// becomes of the body.
public import HTTP
public import NDJSON

/// What an attempt means.
public enum Verdict: Equatable, Sendable {
    /// The event was taken.
    case taken(status: Int)
    /// Perhaps the next time; not before `pause`, when the other side asked for one.
    case unavailable(Reason, pause: Duration?)
    /// The other side asked for a longer pause than a run waits.
    case postponed(Reason, until: Timestamp)
    /// Nobody was there to take it.
    case unreached(Reason)
    /// The event was sent, and may have arrived.
    case unanswered(Reason)
    /// This event will never be taken.
    case refused(Reason)
    /// No event of ours will be taken.
    case unwelcome(Reason)
    /// No event will be sent there, or through there.
    case distrusted(Reason)
    /// The request cannot be made.
    case impossible(HTTPError)
    /// The exchange was given up, since the run has to end.
    case interrupted(HTTPError)
}

/// What follows from a verdict.
public struct Consequence: Equatable, Sendable {
    /// What becomes of the event, and so of the run: it stops where an event waits, and goes on for the others: after one
    /// that is tried again until the breaker opens, after one that failed until three did at first.
    public enum Event: Sendable {
        case delivered, failed, triedAgain, waits
    }

    /// What becomes of the charge to the quota.
    public enum Charge: Sendable {
        case stands, takenBack, standsIfSent
    }

    /// What becomes of the event.
    public let event: Event
    /// What becomes of the charge.
    public let charge: Charge

    fileprivate init(_ event: Event, _ charge: Charge) {
        self.event = event
        self.charge = charge
    }
}

extension Verdict {
    /// The row of the table.
    public var consequence: Consequence {
        switch self {
        case .taken: Consequence(.delivered, .stands)
        case .unavailable: Consequence(.triedAgain, .stands)
        case .postponed: Consequence(.waits, .stands)
        case .unreached: Consequence(.triedAgain, .takenBack)
        case .unanswered: Consequence(.triedAgain, .stands)
        case .refused: Consequence(.failed, .stands)
        case .unwelcome: Consequence(.waits, .stands)
        case .distrusted: Consequence(.waits, .takenBack)
        case .impossible: Consequence(.waits, .takenBack)
        case .interrupted: Consequence(.waits, .standsIfSent)
        }
    }
}

// What a run does by the table needs what came along.
extension Verdict {
    /// What became of the event for good; nil when nothing is settled.
    var outcome: Outcome? {
        switch self {
        case .taken(let status): .delivered(status: status)
        case .refused(let reason): .failed(reason)
        case .unavailable, .postponed, .unreached, .unanswered, .unwelcome, .distrusted, .impossible, .interrupted: nil
        }
    }

    /// Why the event was not delivered.
    var reason: Reason? {
        switch self {
        case .taken: nil
        case .unavailable(let reason, _), .postponed(let reason, _), .unreached(let reason), .unanswered(let reason),
            .refused(let reason), .unwelcome(let reason), .distrusted(let reason):
            reason
        case .impossible(let error), .interrupted(let error): .unanswered(error)
        }
    }

    /// How long the other side wants to be left alone, where a run waits for that.
    var pause: Duration? {
        if case .unavailable(_, let pause) = self { pause } else { nil }
    }

    /// Why nobody knows whether the event arrived; nil when it is known.
    var doubt: Reason? {
        switch self {
        case .unanswered(let reason): reason
        case .interrupted(let error) where error.requestMayHaveBeenSent: .unanswered(error)
        default: nil
        }
    }

    /// Whether nobody spent what was charged.
    var takesChargeBack: Bool {
        switch consequence.charge {
        case .stands: false
        case .takenBack: true
        case .standsIfSent: doubt == nil
        }
    }
}
