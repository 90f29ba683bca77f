// Delivers events one after the other. It promises:
// (1) One event is in flight, and they leave in the order of the input.
// (2) Each step is on disk before the next: charge, POST, dead letter, outcome, result line. A crash at any moment loses
//     nothing, and at most the event in flight is sent twice.
// (3) An event that is settled is not sent again, in this run or a later one.
// (4) Every line that was read is in exactly one place of the summary, however the run ends.
public import HTTP
public import NDJSON

/// One run: reads events, sends them at a rate and within a quota, remembers what became of each.
public struct Deliverer: ~Copyable {
    /// What became of the lines so far.
    public private(set) var summary = Summary()
    /// Events that used up their attempts in this run and wait for the next one.
    public private(set) var exhausted = 0
    /// Lines whose event stands further up: a part of those that are already settled.
    public private(set) var repeated = 0
    /// Lines whose event an earlier run delivered: a part of those that are already settled.
    public private(set) var deliveredBefore = 0
    /// Events that this run delivered, and that may have arrived before: an earlier attempt got no answer.
    public private(set) var possibleDuplicates = 0
    /// What is remembered.
    public var history: History { journal.history }

    private let limits: DeliveryLimits
    private let post: (Event, DeliveryKey) throws -> Response
    private let tell: (DeliveryNews) -> Void
    private var reader: EventReader
    private var gate: Gate
    private var journal: Journal
    private var deadLetters: DeadLetters?
    private var tried = 0
    /// Events in a row that used up their attempts, and why the last one did; nil behind an answer.
    private var inVain: (events: Int, reason: Reason)?
    private var refusedInARow = 0
    private var hasToldOfUpdates = false

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - ledger: Is charged for each attempt before it leaves; nil where there is no quota.
    ///   - deadLetters: Gets the lines of events that failed, byte for byte.
    ///   - post: Sends the event, once. An `HTTPError` is an answer that did not come; what else it throws ends the run.
    ///   - chance: A random number in 0..<1.
    public init(
        _ limits: DeliveryLimits, rule: IdentityRule, rate: Rate, journal: consuming Journal,
        ledger: consuming Ledger?, deadLetters: consuming DeadLetters?, chance: @escaping () -> Double,
        tell: @escaping (DeliveryNews) -> Void, post: @escaping (Event, DeliveryKey) throws -> Response
    ) {
        self.limits = limits
        self.post = post
        self.tell = tell
        reader = EventReader(rule)
        gate = Gate(limits, rate, ledger, chance: chance, tell: tell)
        self.journal = journal
        self.deadLetters = deadLetters
    }

    /// When `events` more events will have been sent, at this rate and within what the quotas have left.
    public func forecast(events: Int, from now: Timestamp) -> Forecast { gate.forecast(events: events, from: now) }

    /// How far the ledger is ahead of the clock: somebody had a wrong one.
    public func lead(at now: Timestamp) -> Duration { gate.lead(at: now) }

    /// Delivers what `edge` has, until its end or until something stops the run.
    ///
    /// Throws what `edge` and `post` throw, `JournalError` when something could not be made durable, and `LedgerError`.
    public mutating func run(_ edge: inout some DeliveryEdge & ~Copyable) throws -> Ending {
        let ending = try sendAll(&edge)
        try gate.settle()
        // A run that was cut short before its breaker could open says nothing about the events that it tried in vain.
        if ending.cutsShort, let inVain, summary.delivered + summary.failed == 0 {
            try journal.recordBreaker(after: inVain.events, inVain.reason, at: edge.wallTime.wholeSeconds)
        }
        return ending
    }

    private mutating func sendAll(_ edge: inout some DeliveryEdge & ~Copyable) throws -> Ending {
        defer { summary.rejected = edge.skipped }
        if let ending = Ending.pause(of: history, at: edge.wallTime) { return ending }
        while tried != limits.events {
            guard let line = try edge.nextLine() else { return .finished }
            guard let event = try event(in: line, &edge), takesUp(event) else { continue }
            summary.pending += 1
            if gate.isClosed(at: edge.monotonicTime) { return .outOfTime }
            tried += 1
            let ending = try deliver(event, &edge)
            tell(.advanced(summary, gate.standings(at: edge.wallTime)))
            if let ending { return ending }
        }
        return .limitReached
    }

    /// Counts what is left in the input, and sends nothing: after a stop, or to plan a run.
    ///
    /// - Parameters:
    ///   - namesBadLines: Whether bad lines are skipped as in a run; else they are counted in silence, for the run that
    ///     comes to them.
    ///   - each: Sees each event that is to be sent.
    public mutating func countRest(
        _ edge: inout some DeliveryEdge & ~Copyable, namesBadLines: Bool, each: (Event) -> Void = { _ in }
    ) throws {
        var rejected = 0
        defer { summary.rejected = edge.skipped + rejected }
        while let line = try edge.nextLine() {
            let event: Event?
            if namesBadLines {
                event = try self.event(in: line, &edge)
            } else {
                event = try? reader.event(line)
                if event == nil { rejected += 1 }
            }
            if let event, takesUp(event) {
                summary.pending += 1
                each(event)
            }
        }
    }
}

extension Deliverer {
    // MARK: Before

    /// The event in `line`; nil when there is none, which is then named and counted.
    private mutating func event(in line: Line, _ edge: inout some DeliveryEdge & ~Copyable) throws -> Event? {
        do {
            let event = try reader.event(line)
            if event.lacksUpdates, !hasToldOfUpdates {
                tell(.lacksUpdates(EventPlace(event)))
                hasToldOfUpdates = true
            }
            return event
        } catch {
            try edge.skip(line, error)
            return nil
        }
    }

    /// Whether this run has to send the event; counts it otherwise.
    private mutating func takesUp(_ event: Event) -> Bool {
        let state = journal.history.state(of: event.identity)
        let isSettled =
            switch state.settlement {
            case .pending: false
            case .delivered, .landed, .gone: true
            case .failed: !limits.retriesFailed
            }
        // An event that stands twice is tried once, and counted once as what became of it.
        guard !isSettled, !state.wasMet else {
            count(state)
            return false
        }
        journal.meet(event)
        return true
    }

    /// Counts an event that this run has not to send.
    private mutating func count(_ state: History.State) {
        if state.wasMet {
            repeated += 1
            summary.alreadySettled += 1
        } else if state.settlement == .gone {
            summary.gone += 1
        } else {
            if state.settlement != .failed { deliveredBefore += 1 }
            summary.alreadySettled += 1
        }
    }

    // MARK: One event

    /// Sends the event, as often as that takes, and makes durable what became of it; returns how the run ends, if it does.
    private mutating func deliver(_ event: Event, _ edge: inout some DeliveryEdge & ~Copyable) throws -> Ending? {
        let deliveries = journal.history.state(of: event.identity).deliveries
        let key = DeliveryKey(of: event.identity, delivery: Int(deliveries) + 1)
        var attempt = 1
        while true {
            try journal.prepare()
            // The charge, synced, when the pace and the quota let the event through.
            let passage = try gate.pass(attempt: attempt, &edge)
            if let ending = passage.ending { return ending }
            // The POST.
            let (verdict, response) = try exchange(event, key, passage, now: edge.wallTime)
            if verdict.takesChargeBack { try gate.takeBack(passage) }
            if let pause = verdict.pause { gate.pause(until: edge.monotonicTime + pause) }
            let time = edge.wallTime.wholeSeconds
            if let outcome = verdict.outcome {
                return try settle(event, Receipt(outcome, at: time, attempts: attempt, answer: response), &edge)
            }
            try note(verdict, on: event, attempt: attempt, at: time)
            guard verdict.consequence.event == .triedAgain, let reason = verdict.reason else { return Ending(verdict) }
            guard attempt < limits.attempts else { return try exhaust(event, reason, &edge) }
            tell(.attemptFailed(EventPlace(event), attempt: attempt, of: limits.attempts, reason))
            attempt += 1
        }
    }

    /// The dead letter, synced, of an event that failed; its outcome, synced; its result line.
    private mutating func settle(
        _ event: Event, _ receipt: Receipt, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Ending? {
        var receipt = receipt
        receipt.mayBeDuplicate =
            receipt.outcome.isDelivered && journal.history.state(of: event.identity).mayHaveArrived
        if !receipt.outcome.isDelivered { try deadLetters?.add(event) }
        try journal.record(receipt, of: event)
        summary.settle(receipt.outcome)
        if receipt.mayBeDuplicate { possibleDuplicates += 1 }
        try edge.write(ResultLine(event: event, receipt: receipt))
        try edge.flush()
        return ending(after: receipt.outcome, of: event)
    }

    /// One POST.
    private mutating func exchange(
        _ event: Event, _ key: DeliveryKey, _ passage: Gate.Passage, now: Timestamp
    ) throws -> (Verdict, Response?) {
        do {
            let response = try post(event, key)
            return (RetryPolicy.verdict(on: response, now: now.unixSeconds), response)
        } catch let error as HTTPError {
            return (RetryPolicy.verdict(on: error), nil)
        } catch {
            // Without a token, say, nothing was sent.
            try? gate.takeBack(passage)
            throw error
        }
    }

    /// Remembers of an attempt that settled nothing what a later run has to know.
    private mutating func note(
        _ verdict: Verdict, on event: Event, attempt: Int, at time: Timestamp
    ) throws(JournalError) {
        if let reason = verdict.doubt {
            try journal.record(.unanswered, of: event, attempts: attempt, reason, at: time)
        }
        if case .unavailable(let reason, let pause?) = verdict, pause >= RetryPolicy.shortestRememberedPause {
            // This run waits for it, unless it ends before: then the next one has to know.
            let end = Timestamp(unixSeconds: time.unixSeconds + pause.components.seconds) ?? time
            try journal.recordPause(until: end, reason, at: time)
        }
        if case .postponed(let reason, let moment) = verdict {
            try journal.recordPause(until: moment, reason, at: time)
        }
    }

    /// Counts refusals in a row, and stops the run when they are all that there ever was.
    private mutating func ending(after outcome: Outcome, of event: Event) -> Ending? {
        guard case .failed(let reason) = outcome else {
            inVain = nil
            refusedInARow = 0
            return nil
        }
        tell(.failed(EventPlace(event), reason))
        // Not an answer, but the want of one: who opens the breaker counts it.
        if case .usedUp = reason { return nil }
        inVain = nil
        refusedInARow += 1
        guard !history.hasDelivered, refusedInARow == RetryPolicy.mostRefusalsBeforeDelivery else { return nil }
        return .nothingAccepted(events: refusedInARow, reason)
    }

    /// Notes that the event used up its attempts, which makes it fail at last; opens the breaker when it was one of many.
    private mutating func exhaust(
        _ event: Event, _ reason: Reason, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Ending? {
        let time = edge.wallTime.wholeSeconds
        let runs = Int(history.state(of: event.identity).exhaustedRuns) + 1
        if reason.mayHaveArrived, runs == RetryPolicy.mostExhaustedRuns {
            let outcome = Outcome.failed(.usedUp(runs: runs, reason))
            _ = try settle(event, Receipt(outcome, at: time, attempts: limits.attempts, answer: nil), &edge)
        } else {
            // An event that never left is not to blame, however many runs.
            if reason.mayHaveArrived {
                try journal.record(.exhausted, of: event, attempts: limits.attempts, reason, at: time)
            }
            tell(.exhausted(EventPlace(event), reason))
            exhausted += 1
        }
        let events = (inVain?.events ?? 0) + 1
        inVain = (events, reason)
        guard events == limits.breaker else { return nil }
        try journal.recordBreaker(after: events, reason, at: time)
        return .breakerOpen(events: events, reason)
    }
}
