import Delivery
import FilterKit

extension Diagnostics {
    /// Puts into words what happens during a run.
    func tell(_ news: DeliveryNews) {
        switch news {
        case .attemptFailed(let event, let attempt, let attempts, let reason):
            detail("\(event): attempt \(attempt) of \(attempts): \(reason)")
        // It waits for the next run, and cron must not send a mail for that.
        case .exhausted(let event, let reason): note("\(event): pending: attempts used up: \(reason)")
        case .failed(let event, let reason): error("\(event): failed: \(reason)")
        case .lacksUpdates(let event):
            warning("\(event): updates: missing: the pipeline may acknowledge such events and drop them")
        case .advanced: break
        }
    }

    /// Says what a run would do.
    func plan(_ summary: Summary, to receiver: Receiver, at rate: Rate, limit: Int?) {
        let count = min(summary.pending, limit ?? .max)
        report(
            "\(summary.read) read: \(count) to send, \(summary.alreadySettled) already settled, \(summary.rejected) rejected"
        )
        if count < summary.pending { report("\(summary.pending - count) left for later by --limit") }
        report("to \(receiver.name) at \(rate.text): \((rate.interval * max(0, count - 1)).inWords)")
    }
}

extension Edge {
    /// Warns of what was found in a journal.
    func warnings(about path: String) -> (JournalFinding) -> Void {
        let diagnostics = diagnostics
        return { diagnostics.warning("\(path): \($0)") }
    }
}

extension Duration {
    /// `45s`, `3m15s`, `2h5m`, `9d4h`: the two largest units.
    var inWords: String {
        let seconds = components.seconds
        let parts = [
            ("d", seconds / 86_400), ("h", seconds / 3600 % 24), ("m", seconds / 60 % 60), ("s", seconds % 60),
        ]
        let shown = parts.drop { $0.1 == 0 }.prefix(2).filter { $0.1 > 0 }
        return shown.isEmpty ? "0s" : shown.map { "\($0.1)\($0.0)" }.joined()
    }
}
