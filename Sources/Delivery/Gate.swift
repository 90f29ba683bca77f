// Lets attempts through. It promises:
// (1) Never more than one in an interval of the rate, whatever the clocks do: after a stall there is no burst.
// (2) Whoever is let through is charged, durably, in a window that has room for it.
import HTTP
import NDJSON

/// When the next attempt may leave: after its backoff, at the pace, within the quota, before the run is over.
struct Gate: ~Copyable {
    private let limits: DeliveryLimits
    private let chance: () -> Double
    private let tell: (DeliveryNews) -> Void
    private let rate: Rate
    private var pacer: Pacer
    private var ledger: Ledger?

    /// What came of asking.
    struct Passage {
        /// How the run ends instead; nil when the attempt may leave.
        var ending: Ending?
        /// What was charged for it.
        var charge: Ledger.Charge?
    }

    /// Waits between two questions whether another run has let go of the ledger, and how long to ask.
    private static let patience = (step: Duration.milliseconds(5), steps: 6000)
    /// The wall clock may be set, and the machine sleep: no wait for it is longer than this.
    private static let longestStep = Duration.seconds(20)

    init(
        _ limits: DeliveryLimits, _ rate: Rate, _ ledger: consuming Ledger?, chance: @escaping () -> Double,
        tell: @escaping (DeliveryNews) -> Void
    ) {
        self.limits = limits
        self.chance = chance
        self.tell = tell
        self.rate = rate
        pacer = Pacer(rate)
        self.ledger = ledger
    }

    /// Waits until the attempt, counted from 1 for each event, may leave, and charges it.
    mutating func pass(attempt: Int, _ edge: inout some DeliveryEdge & ~Copyable) throws -> Passage {
        var backoff = attempt == 1 ? .zero : limits.backoff.delay(afterAttempt: attempt - 1, chance: chance())
        while true {
            guard try waitForSlot(after: backoff, &edge) else { return Passage(ending: .outOfTime) }
            backoff = .zero
            switch try charge(&edge) {
            case nil: return Passage()
            case .charged(let charge)?:
                // The ledger may have been held for a while.
                pacer.left(at: edge.monotonicTime)
                return Passage(charge: charge)
            case .busy?: return Passage(ending: .ledgerBusy)
            case .spent(let opening)?:
                guard limits.waitsForQuota else { return Passage(ending: .quotaSpent(until: opening)) }
                guard try wait(until: opening, &edge) else { return Passage(ending: .quotaSpent(until: opening)) }
            }
        }
    }

    /// No connection was made: nobody spent anything.
    mutating func takeBack(_ passage: Passage) throws {
        if let charge = passage.charge { try ledger?.refund(charge) }
    }

    /// Writes what had to wait until another run let go of the ledger.
    mutating func settle() throws { try ledger?.settle() }

    /// The wish of the service, not of one event: the next one must not come earlier either.
    mutating func pause(until moment: Duration) { pacer.pause(until: moment) }

    /// Whether the time of the run is over.
    func isClosed(at now: Duration) -> Bool { limits.deadline.map { now >= $0 } ?? false }

    /// How much of each quota is used; nothing where there is none.
    func standings(at now: Timestamp) -> [Standing] { ledger?.standing(at: now) ?? [] }

    /// How far the ledger is ahead of the clock.
    func lead(at now: Timestamp) -> Duration { ledger?.lead(at: now) ?? .zero }

    /// When so many events more will have been sent.
    func forecast(events: Int, from now: Timestamp) -> Forecast {
        ledger?.forecast(events: events, from: now, rate: rate) ?? Forecast(events: events, from: now, rate: rate)
    }

    // MARK: Waiting

    /// Waits for the next slot of the pace; false when the run is over before it.
    private mutating func waitForSlot(
        after backoff: Duration, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Bool {
        let now = edge.monotonicTime
        let delay = backoff + pacer.delay(at: now + backoff)
        guard !isClosed(at: now + delay) else { return false }
        // Also for no time at all: it is here that a signal is noticed.
        try edge.sleep(for: delay)
        pacer.left(at: edge.monotonicTime)
        return true
    }

    /// Charges one event; asks again while another run writes to the ledger. Nil where there is no quota.
    private mutating func charge(_ edge: inout some DeliveryEdge & ~Copyable) throws -> Ledger.Charging? {
        var steps = 0
        while let answer = try ledger?.charge(at: edge.wallTime) {
            guard answer == .busy, steps < Gate.patience.steps else { return answer }
            steps += 1
            try edge.sleep(for: Gate.patience.step)
        }
        return nil
    }

    /// Waits until the wall clock shows `opening`; false when the run is over before it.
    private mutating func wait(
        until opening: Timestamp, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Bool {
        tell(.waiting(until: opening))
        while case let now = edge.wallTime, now < opening {
            let rest = Duration.microseconds(opening.microseconds - now.microseconds)
            guard !isClosed(at: edge.monotonicTime + rest) else { return false }
            try edge.sleep(for: min(rest, Gate.longestStep))
        }
        return true
    }
}
