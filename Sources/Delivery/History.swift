public import NDJSON

/// What a journal knows: which events are settled, and where they went.
///
/// 18 bytes an event, at most 80 with the table's free places while it grows.
public struct History {
    /// The target that the journal is bound to; nil before its first delivery.
    public internal(set) var target: String?
    /// How the journal tells events apart; nil while it is empty.
    public internal(set) var rule: IdentityRule?
    /// Events that are delivered.
    public private(set) var delivered = 0
    /// Events that failed.
    public private(set) var failed = 0
    /// Events that used up their attempts in at least one run, and are not settled.
    public private(set) var waiting = 0
    /// The last event that was not delivered, or the last time that the breaker opened.
    public internal(set) var lastTrouble: Trouble?
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

    struct State {
        var settlement = Settlement.open
        /// Runs that used up their attempts on the event since it was settled last.
        var exhaustedRuns: UInt8 = 0
        /// Met in this run's input already; never in the journal.
        var wasMet = false
    }

    enum Settlement: UInt8 {
        case open, delivered, failed
    }

    func state(of identity: Identity) -> State { states[identity.fingerprint] ?? State() }

    mutating func meet(_ identity: Identity) { states[identity.fingerprint, default: State()].wasMet = true }

    /// - Parameter isAnswer: Whether the other side said so; else the event used up its attempts in too many runs.
    mutating func settle(_ fingerprint: Fingerprint, _ settlement: Settlement, isAnswer: Bool) {
        if isAnswer { unanswered = [] }
        change(fingerprint) { state in
            state.settlement = settlement
            state.exhaustedRuns = 0
        }
    }

    mutating func exhaust(_ fingerprint: Fingerprint) {
        unanswered.append(fingerprint)
        change(fingerprint) { $0.exhaustedRuns = min($0.exhaustedRuns, .max - 1) + 1 }
    }

    /// The service was away: whoever used up their attempts since the last answer gets this run back.
    mutating func openBreaker() {
        for fingerprint in unanswered {
            change(fingerprint) { $0.exhaustedRuns -= min($0.exhaustedRuns, 1) }
        }
        unanswered = []
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
        switch state.settlement {
        case .delivered: delivered += difference
        case .failed: failed += difference
        case .open: if state.exhaustedRuns > 0 { waiting += difference }
        }
    }
}
