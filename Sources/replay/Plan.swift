import Delivery
import FilterKit
import HTTP
import NDJSON

// `--dry-run`: what a run would do, and what is odd about its input.
extension Replay {
    func plan(_ edge: inout Edge) throws -> ExitStatus {
        let terms = try terms(&edge)
        let now = edge.wallTime
        var inspection = Inspection(of: memory.rule)
        var deliverer = Deliverer(
            pace.limits(from: edge.monotonicTime, retriesFailed: memory.retryFailed, waitsForQuota: quotas.wait),
            rule: memory.rule, rate: terms.rate, journal: try memory.rehearsal(for: terms.receiver.name, edge),
            ledger: try terms.account?.rehearsal(edge), deadLetters: nil, chance: { 0 }, tell: edge.diagnostics.tell,
            post: { _, _ in preconditionFailure("a plan sends nothing") })
        do {
            try deliverer.countRest(&edge, namesBadLines: true) { inspection.look(at: $0) }
        } catch {
            throw Stop.from(error)
        }
        let plan = Plan(
            summary: deliverer.summary, repeated: deliverer.repeated, limit: pace.limit, inspection: inspection,
            receiver: terms.receiver, rate: terms.rate, budget: terms.account?.budget, now: now,
            forecast: deliverer.forecast(events: min(deliverer.summary.pending, pace.limit ?? .max), from: now))
        plan.tell(edge.diagnostics)
        try edge.write(plan)
        return edge.skipped == 0 ? .done : .failures
    }
}

/// What a run would do: in words, and for other programs.
private struct Plan: JSONRecord {
    let summary: Summary
    let repeated: Int
    let limit: Int?
    let inspection: Inspection
    let receiver: Receiver
    let rate: Rate
    let budget: Budget?
    let now: Timestamp
    let forecast: Forecast

    /// Above it the pipeline's aggregator, which adds up what it finds in a bucket, overtakes itself.
    private static let fastest = Duration.milliseconds(500)

    /// Events that would be sent.
    private var count: Int { min(summary.pending, limit ?? .max) }

    /// `{"read":5000,"to_send":5000,…,"first":"…","last":"…"}`: counts of events, calls where a quota counts them, and the
    /// times of the first and the last one; null where there is none.
    func write(to text: inout JSONText) {
        text.object { text in
            text.member("read", Int64(summary.read))
            text.member("to_send", Int64(count))
            text.member("left_for_later", Int64(summary.pending - count))
            text.member("already_settled", Int64(summary.alreadySettled))
            text.member("gone", Int64(summary.gone))
            text.member("rejected", Int64(summary.rejected))
            text.member("target", receiver.name)
            text.member("url", receiver.address)
            text.member("rate", rate.text)
            text.member("cost_per_event", orNull: budget.map { Int64($0.cost) })
            text.member("calls", orNull: budget.map { Int64(count * $0.cost) })
            text.member("first", orNull: forecast.first)
            text.member("last", orNull: forecast.last)
        }
    }

    func tell(_ diagnostics: Diagnostics) {
        diagnostics.report(
            "\(summary.read) read: \(count) to send, \(summary.alreadySettled) already settled, \(summary.wordsOnGone)"
                + "\(summary.rejected) rejected"
        )
        if count < summary.pending { diagnostics.report("\(summary.pending - count) left for later by --limit") }
        if repeated > 0 { diagnostics.report("\(repeated) repeated: each event is sent once") }
        inspection.tell(diagnostics)
        let pace = [rate.text] + (budget.map { [$0.words] } ?? [])
        diagnostics.report("to \(receiver.name) at \(pace.joined(separator: ", ")): \(duration)")
        if rate.interval < Plan.fastest {
            diagnostics.warning(
                "--rate-limit \(rate.text): above 2/s the pipeline's aggregator overtakes itself on its buckets")
        }
    }

    /// `12d11h: first at 14:15Z, last about 2026-12-06 09:30Z`.
    private var duration: String {
        guard let first = forecast.first else { return "nothing to do" }
        guard let last = forecast.last else { return "longer than a calendar lasts" }
        let length = Duration.microseconds(last.microseconds - now.microseconds).inWords
        guard budget != nil else { return length }
        return
            "\(length): first \(first == now ? "now" : "at \(first.words(at: now))"), last about \(last.words(at: now))"
    }
}

extension Inspection {
    fileprivate func tell(_ diagnostics: Diagnostics) {
        if let first = firstOutOfOrder {
            diagnostics.report(
                "\(outOfOrder) older than the one before, the first in line \(first): sent as they stand")
        }
        for objection in objections {
            diagnostics.warning("stdin:\(objection.line): \(objection.words): the dispatcher refuses it")
        }
        if refused > objections.count {
            diagnostics.warning("the dispatcher refuses \(refused - objections.count) more")
        }
    }
}
