import Delivery
import FilterKit
import NDJSON

/// How far a run came, over all runs before it too.
struct Course {
    let ending: Ending
    let summary: Summary
    /// Events that used up their attempts and wait for the next run.
    let exhausted: Int
    private let possibleDuplicates: Int
    private let delivered: Int
    /// Nil where the input was a stream, whose end nobody has seen.
    private let total: Int?
    private let rest: Forecast
    private let budget: Budget?
    private let lead: Duration
    private let breakers: Int
    private let isUnderWay: Bool

    init(_ ending: Ending, of deliverer: borrowing Deliverer, _ budget: Budget?, _ edge: borrowing Edge) {
        self.ending = ending
        self.budget = budget
        summary = deliverer.summary
        exhausted = deliverer.exhausted
        possibleDuplicates = deliverer.possibleDuplicates
        delivered = summary.delivered + deliverer.deliveredBefore
        total = edge.inputIsFile ? summary.read - summary.rejected - deliverer.repeated : nil
        breakers = deliverer.history.breakersInARow
        lead = deliverer.lead(at: edge.wallTime)
        rest = deliverer.forecast(events: summary.pending, from: edge.wallTime)
        isUnderWay = deliverer.deliveredBefore > 0 && summary.delivered + summary.failed > 0
    }

    /// The summary, and what has to be known beside it.
    var words: String {
        guard possibleDuplicates > 0 else { return "\(summary)" }
        return "\(summary); \(possibleDuplicates) delivered without an answer to an earlier attempt: perhaps twice"
    }

    /// What even a quiet run has to say: nothing gets through, and it may be for what these events are, not for an outage.
    var alarm: String? {
        guard case .breakerOpen(let events, let reason) = ending, breakers == 3 || breakers % 100 == 0 else {
            return nil
        }
        let wayOut =
            reason.mayHaveArrived
            ? "if the service is up, these events are to blame: take them out of the input"
            : "see whether the dispatcher is up, and its URL"
        return
            "the same end in \(breakers) runs in a row: \(events) events used up their attempts: \(reason); \(wayOut)"
    }

    /// Whether this run did the last of several slices of work.
    var isLastSlice: Bool { (ending == .finished || ending == .limitReached) && summary.pending == 0 && isUnderWay }

    /// `482 of 1954 delivered; 40 every 15 minutes, 400 a day; next at 14:15Z; done about 2026-11-27 09:30Z`.
    func words(nextAt opening: Timestamp, _ now: Timestamp) -> String {
        var parts = ["\(delivered)\(total.map { " of \($0)" } ?? "") delivered"]
        if let budget { parts.append(budget.words) }
        parts.append("next at \(opening.words(at: now))")
        if total != nil, let last = rest.last { parts.append("done about \(last.words(at: now))") }
        if let words = lead.wordsAboutAhead { parts.append(words) }
        return parts.joined(separator: "; ")
    }
}
