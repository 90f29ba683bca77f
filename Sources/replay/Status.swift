import Delivery
import FilterKit
import NDJSON

// `--status`: for a person at two in the morning, and for a script that asks whether a run makes sense now.
extension Replay {
    /// Prints what checkpoint and ledger know. Throws `Stop` with 75 when a run now could send nothing.
    func showStatus(_ edge: inout Edge) throws -> ExitStatus {
        guard let checkpoint = memory.checkpoint else { return .usage }
        let now = edge.wallTime
        let history: History
        let holder: String?
        do {
            // A script that asks first runs next, and the run says it.
            let warnings = edge.diagnostics.isQuiet ? { _ in } : edge.warnings(about: checkpoint)
            history = try History(journalAt: checkpoint, report: warnings)
            holder = try Journal.holder(path: checkpoint)
        } catch {
            throw Stop.from(error)
        }
        if let bound = history.target, let asked = target.environment.name, bound != asked {
            throw Stop(
                .configuration, "\(checkpoint): belongs to another target: \(bound), not \(asked)",
                wayOut: "give each target a --checkpoint of its own")
        }
        // A name that is mistyped looks like a job that has not begun.
        try edge.say("checkpoint  \(checkpoint)\(history.rule == nil ? ": nothing on record" : "")")
        try edge.say("target      \(history.target ?? "none yet")")
        try edge.say("delivered   \(history.delivered)")
        try edge.say("landed      \(history.landed)")
        try edge.say("failed      \(history.failed)")
        try edge.say("gone        \(history.gone)")
        try edge.say("pending     \(history.waiting) on record")
        try edge.say("last error  \(history.lastTrouble.map { "\($0.time) \($0.reason)" } ?? "none")")
        try edge.say("locked      \(holder.map { $0.isEmpty ? "yes" : $0 } ?? "no")")
        let opening = try showQuotas(&edge, now)
        if let holder {
            throw Stop(.tryLater, "\(checkpoint): locked: \(holder.isEmpty ? "by another process" : holder)")
        }
        if let pause = history.pause(at: now) {
            throw Stop(.tryLater, "asked to wait until \(pause.end.words(at: now)): \(pause.reason)")
        }
        if let opening, opening > now {
            throw Stop(
                .tryLater,
                "no event now: a quota is spent, or its window about to end; next at \(opening.words(at: now))")
        }
        return .done
    }

    /// Returns when an event may be sent; nil where there is no quota.
    private func showQuotas(_ edge: inout Edge, _ now: Timestamp) throws -> Timestamp? {
        guard let account = try quotas.account(edge.settings(target.environment)) else { return nil }
        let ledger = try account.rehearsal(edge)
        let ahead = ledger.lead(at: now).wordsAboutAhead
        try edge.say("ledger      \(account.path)\(ahead.map { ": \($0)" } ?? "")")
        for standing in ledger.standing(at: now) { try edge.say("quota       \(standing.words(at: now))") }
        let opening = ledger.opening(at: now)
        try edge.say("next        \(opening > now ? opening.words(at: now) : "now")")
        return opening
    }
}

extension Standing {
    /// `100/15m: 38 events until 14:15Z; 4 of 80 calls used`.
    func words(at now: Timestamp) -> String {
        let end = Timestamp(unixSeconds: window.end).map { $0.words(at: now) } ?? "the end of time"
        return "\(quota): \(eventsLeft) events until \(end); \(used) of \(usable) calls used"
    }
}
