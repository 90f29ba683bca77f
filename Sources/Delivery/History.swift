public import NDJSON

/// What a journal knows: where each event stands, and where the delivered ones went.
///
/// 21 bytes an event, at most 90 with the table's free places while it grows.
public struct History {
    /// The target that the journal is bound to; nil before its first delivery.
    public internal(set) var target: String?
    /// How the journal tells events apart; nil while it is empty.
    public internal(set) var rule: IdentityRule?
    /// Events that are delivered, and of which nobody knows whether they landed.
    public private(set) var delivered = 0
    /// Events that are delivered, and were found where they were to go.
    public private(set) var landed = 0
    /// Whether any event ever was: then the other side knows our format.
    private(set) var hasDelivered = false
    /// Events that failed.
    public private(set) var failed = 0
    /// Events that were delivered as often as is allowed, and still were missing.
    public private(set) var gone = 0
    /// Events that the journal has a record of, and that are to be sent again.
    public private(set) var waiting = 0
    /// The last event that was not delivered, or the last time that the breaker opened.
    public internal(set) var lastTrouble: Trouble?
    /// How long the other side asked to be left alone, the last time that it did; `pause(at:)` says whether that holds.
    var lastPause: Pause?
    /// How often in a row the breaker opened, without an answer between.
    public private(set) var breakersInARow = 0
    /// Lines that say nothing.
    public internal(set) var damagedLines = 0
    /// How long the journal was when it was read.
    var bytesRead = 0

    private var states: [Fingerprint: State] = [:]
    /// Who used up their attempts since the last answer: when the breaker opens, none of them was to blame.
    private var unanswered: [Fingerprint] = []

    /// Nothing known yet.
    init() {}

    /// What went wrong, when.
    public struct Trouble: Equatable, Sendable {
        /// As the journal has it; empty when it has none.
        public let time: Excerpt
        /// In words.
        public let reason: Excerpt
    }

    /// A wish of the other side.
    public struct Pause: Equatable, Sendable {
        /// Nothing is to be sent before.
        public let end: Timestamp
        /// In words.
        public let reason: Excerpt
    }

    /// The wish of the other side that holds at `now`; nil where none does.
    public func pause(at now: Timestamp) -> Pause? {
        // A clock that was wrong may have set it for next year.
        let latest = now.unixSeconds + RetryPolicy.longestAbsence.components.seconds
        guard let lastPause, lastPause.end > now, lastPause.end.unixSeconds <= latest else { return nil }
        return lastPause
    }

    /// Where an event stands.
    struct State {
        var settlement = Settlement.pending
        /// Answers with a 2xx, over all runs.
        var deliveries: UInt8 = 0
        /// Runs that used up their attempts on the event since it was settled last.
        var exhaustedRuns: UInt8 = 0
        /// Whether the journal has a record of it.
        var isRecorded = false
        /// Whether an attempt since it was settled last was sent, and got no answer.
        var mayHaveArrived = false
        /// Met in this run's input already; never in the journal.
        var wasMet = false
    }

    /// Bytes of a record, about.
    static let usualRecord = 220

    /// Makes room once: a table that grew by doubling would be in memory twice.
    mutating func reserveRoom(forEvents count: Int) { states.reserveCapacity(count) }

    func state(of identity: Identity) -> State { states[identity.fingerprint] ?? State() }

    mutating func meet(_ identity: Identity) { states[identity.fingerprint, default: State()].wasMet = true }

    /// Takes in what a record says of an event.
    mutating func note(_ mark: Mark, of fingerprint: Fingerprint) {
        switch mark {
        case .delivered, .failed(isAnswer: true):
            if mark == .delivered { hasDelivered = true }
            unanswered = []
            breakersInARow = 0
        case .exhausted: unanswered.append(fingerprint)
        case .failed(isAnswer: false), .unanswered, .landed, .reopened, .gone: break
        }
        change(fingerprint) { $0.note(mark) }
    }

    /// The service was away: whoever used up their attempts since the last answer gets this run back.
    mutating func openBreaker() {
        for fingerprint in unanswered {
            change(fingerprint) { $0.exhaustedRuns -= min($0.exhaustedRuns, 1) }
        }
        unanswered = []
        breakersInARow += 1
    }

    private mutating func change(_ fingerprint: Fingerprint, _ body: (inout State) -> Void) {
        // One look into the table: a journal of a million records is read while somebody waits.
        let (before, after) = History.change(&states[fingerprint, default: State()], body)
        count(before, -1)
        count(after, 1)
    }

    private static func change(_ state: inout State, _ body: (inout State) -> Void) -> (before: State, after: State) {
        let before = state
        body(&state)
        return (before, state)
    }

    private mutating func count(_ state: State, _ difference: Int) {
        guard state.isRecorded else { return }
        switch state.settlement {
        case .delivered: delivered += difference
        case .landed: landed += difference
        case .failed: failed += difference
        case .gone: gone += difference
        case .pending: waiting += difference
        }
    }
}

/// The five places where an event can stand.
public enum Settlement: String, CaseIterable, Sendable {
    /// To be sent: never tried, tried in vain so far, or reopened.
    case pending
    /// Answered with a 2xx, which says that it was taken, and not what became of it then.
    case delivered
    /// Delivered, and found where it was to go.
    case landed
    /// Not taken, and not tried again unless somebody asks for it.
    case failed
    /// Delivered as often as is allowed, and missing all the same: given up.
    case gone

    /// Whether the other side has it, for all that is known.
    var isTaken: Bool { self == .delivered || self == .landed }
}

/// What a record of the journal says of its event.
enum Mark: Equatable {
    case delivered
    /// - Parameter isAnswer: Whether the other side said so; else the event used up its attempts in too many runs.
    case failed(isAnswer: Bool)
    /// The attempts of a run are used up.
    case exhausted
    /// A request was sent and got no answer: the event may have arrived.
    case unanswered
    /// Delivered, and found where it was to go.
    case landed
    /// Delivered, found missing, and to be sent again.
    case reopened
    case gone

    /// Where the event stands afterwards.
    var settlement: Settlement {
        switch self {
        case .delivered: .delivered
        case .landed: .landed
        case .failed: .failed
        case .exhausted, .unanswered, .reopened: .pending
        case .gone: .gone
        }
    }
}

extension History.State {
    fileprivate mutating func note(_ mark: Mark) {
        isRecorded = true
        settlement = mark.settlement
        switch mark {
        case .unanswered: mayHaveArrived = true
        case .exhausted: exhaustedRuns = min(exhaustedRuns, .max - 1) + 1
        case .delivered, .failed, .landed, .reopened, .gone:
            mayHaveArrived = false
            exhaustedRuns = 0
        }
        if mark == .delivered { deliveries = min(deliveries, .max - 1) + 1 }
    }
}
