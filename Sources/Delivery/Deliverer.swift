// Delivers events one after the other. It promises:
// (1) One event is in flight, and they leave in the order of the input.
// (2) Each step is on disk before the next: POST, dead letter, outcome, result line. A crash at any moment loses
//     nothing, and at most the event in flight is sent twice.
// (3) An event that is settled is not sent again, in this run or a later one.
// (4) Every line that was read is in exactly one place of the summary, however the run ends.
public import HTTP
import NDJSON

/// One run: reads events, sends them at a rate, remembers what became of each.
public struct Deliverer: ~Copyable {
    /// What became of the lines so far.
    public private(set) var summary = Summary()
    /// Events that used up their attempts in this run and wait for the next one.
    public private(set) var exhausted = 0
    /// What is remembered.
    public var history: History { journal.history }

    private let limits: DeliveryLimits
    private let post: (Event) throws -> Response
    private let chance: () -> Double
    private let tell: (DeliveryNews) -> Void
    private var reader: EventReader
    private var journal: Journal
    private var deadLetters: DeadLetters?
    private var pacer: Pacer
    private var tried = 0
    private var exhaustedInARow = 0
    private var refusedInARow = 0
    private var hasToldOfUpdates = false

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - deadLetters: Gets the lines of events that failed, byte for byte.
    ///   - post: Sends the event, once. An `HTTPError` is an answer that did not come; what else it throws ends the run.
    ///   - chance: A random number in 0..<1.
    public init(
        _ limits: DeliveryLimits, rule: IdentityRule, rate: Rate, journal: consuming Journal,
        deadLetters: consuming DeadLetters?, chance: @escaping () -> Double, tell: @escaping (DeliveryNews) -> Void,
        post: @escaping (Event) throws -> Response
    ) {
        self.limits = limits
        self.post = post
        self.chance = chance
        self.tell = tell
        reader = EventReader(rule)
        self.journal = journal
        self.deadLetters = deadLetters
        pacer = Pacer(rate)
    }

    /// Delivers what `edge` has, until its end or until something stops the run.
    ///
    /// Throws what `edge` and `post` throw, and `JournalError` when something could not be made durable.
    public mutating func run(_ edge: inout some DeliveryEdge & ~Copyable) throws -> Ending {
        defer { summary.rejected = edge.skipped }
        while tried != limits.events {
            guard let line = try edge.nextLine() else { return .finished }
            guard let event = try event(in: line, &edge), takesUp(event) else { continue }
            summary.pending += 1
            if isOver(edge.monotonicTime) { return .outOfTime }
            tried += 1
            let ending =
                switch try attempt(event, &edge) {
                case .answered(let receipt): try settle(event, receipt, &edge)
                case .exhausted(let reason): try exhaust(event, reason, &edge)
                case .ended(let ending): ending
                }
            tell(.advanced(summary))
            if let ending { return ending }
        }
        return .limitReached
    }

    /// Counts what is left in the input, and sends nothing: after a stop, or to plan a run.
    ///
    /// - Parameter namesBadLines: Whether bad lines are skipped as in a run; else they are counted in silence, for the run
    ///   that comes to them.
    public mutating func countRest(
        _ edge: inout some DeliveryEdge & ~Copyable, namesBadLines: Bool
    ) throws {
        var rejected = 0
        defer { summary.rejected = edge.skipped + rejected }
        while let line = try edge.nextLine() {
            if namesBadLines {
                if let event = try event(in: line, &edge), takesUp(event) { summary.pending += 1 }
            } else if let event = try? reader.event(line) {
                if takesUp(event) { summary.pending += 1 }
            } else {
                rejected += 1
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
            case .open: false
            case .delivered: true
            case .failed: !limits.retriesFailed
            }
        // An event that stands twice is tried once, and counted once as what became of it.
        guard !isSettled, !state.wasMet else {
            summary.alreadySettled += 1
            return false
        }
        journal.meet(event)
        return true
    }

    private func isOver(_ now: Duration) -> Bool { limits.deadline.map { now >= $0 } ?? false }

    // MARK: The attempts

    private enum Attempted {
        case answered(Receipt)
        case exhausted(Reason)
        case ended(Ending)
    }

    private mutating func attempt(_ event: Event, _ edge: inout some DeliveryEdge & ~Copyable) throws -> Attempted {
        var attempt = 1
        while true {
            guard try wait(beforeAttempt: attempt, &edge) else { return .ended(.outOfTime) }
            let (verdict, response) = try exchange(event, now: edge.wallTime)
            func receipt(_ outcome: Outcome) -> Receipt {
                Receipt(outcome: outcome, time: edge.wallTime.wholeSeconds, attempts: attempt, answer: response)
            }
            switch verdict {
            case .delivered(let status): return .answered(receipt(.delivered(status: status)))
            case .failed(let reason): return .answered(receipt(.failed(reason)))
            case .stop(let reason): return .ended(.refused(reason))
            case .impossible(let error): return .ended(.impossible(error))
            case .interrupted: return .ended(.interrupted)
            case .tryAgain(let reason, let pause):
                if let pause {
                    guard pause <= RetryPolicy.longestPause else { return .ended(.askedToWait(pause, reason)) }
                    // The wish of the service, not of this event: the next one must not come earlier either.
                    pacer.pause(until: edge.monotonicTime + pause)
                }
                guard attempt < limits.attempts else { return .exhausted(reason) }
                tell(.attemptFailed(EventPlace(event), attempt: attempt, of: limits.attempts, reason))
                attempt += 1
            }
        }
    }

    /// Waits for the next slot, after a backoff for all attempts but the first; false when the run is over before it.
    private mutating func wait(
        beforeAttempt attempt: Int, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Bool {
        let now = edge.monotonicTime
        let backoff =
            attempt == 1 ? .zero : limits.backoff.delay(afterAttempt: attempt - 1, chance: chance())
        let delay = backoff + pacer.delay(at: now + backoff)
        guard !isOver(now + delay) else { return false }
        // Also for no time at all: it is here that a signal is noticed.
        try edge.sleep(for: delay)
        return true
    }

    /// One POST.
    private func exchange(_ event: Event, now: Timestamp) throws -> (RetryPolicy.Verdict, Response?) {
        do {
            let response = try post(event)
            return (RetryPolicy.verdict(on: response, now: now.unixSeconds), response)
        } catch let error as HTTPError {
            return (RetryPolicy.verdict(on: error), nil)
        }
    }

    // MARK: After

    /// Makes durable what became of the event, one step after the other; returns how the run ends, if it does.
    private mutating func settle(
        _ event: Event, _ receipt: Receipt, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Ending? {
        if case .failed = receipt.outcome {
            try deadLetters?.add(event)
        }
        try journal.record(receipt, of: event)
        summary.settle(receipt.outcome)
        try edge.write(ResultLine(event: event, receipt: receipt))
        try edge.flush()
        switch receipt.outcome {
        case .delivered:
            exhaustedInARow = 0
            refusedInARow = 0
        case .failed(let reason):
            tell(.failed(EventPlace(event), reason))
            // Not an answer, but the want of one: who opens the breaker counts it.
            if case .usedUp = reason { return nil }
            exhaustedInARow = 0
            refusedInARow += 1
            if history.delivered == 0, refusedInARow == RetryPolicy.mostRefusalsBeforeDelivery {
                return .nothingAccepted(events: refusedInARow, reason)
            }
        }
        return nil
    }

    /// Notes that the event used up its attempts, which makes it fail at last; opens the breaker when it was one of many.
    private mutating func exhaust(
        _ event: Event, _ reason: Reason, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Ending? {
        let time = edge.wallTime.wholeSeconds
        let runs = Int(history.state(of: event.identity).exhaustedRuns) + 1
        if !reason.mayHaveArrived {
            tell(.exhausted(EventPlace(event), reason))
        } else if runs < RetryPolicy.mostExhaustedRuns {
            try journal.recordExhaustion(of: event, attempts: limits.attempts, reason, at: time)
            tell(.exhausted(EventPlace(event), reason))
        } else {
            let outcome = Outcome.failed(.usedUp(runs: runs, reason))
            _ = try settle(event, Receipt(outcome: outcome, time: time, attempts: limits.attempts), &edge)
        }
        if !reason.mayHaveArrived || runs < RetryPolicy.mostExhaustedRuns { exhausted += 1 }
        exhaustedInARow += 1
        guard exhaustedInARow == limits.breaker else { return nil }
        try journal.recordBreaker(after: exhaustedInARow, reason, at: time)
        return .breakerOpen(events: exhaustedInARow, reason)
    }
}
