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
        case .waiting, .advanced: break
        }
    }
}

extension Edge {
    /// Warns of what was found in a journal.
    func warnings(about path: String) -> (JournalFinding) -> Void { warnings(of: JournalFinding.self, about: path) }

    /// Warns of what was found in a file.
    func warnings<Finding: CustomStringConvertible>(of: Finding.Type, about path: String) -> (Finding) -> Void {
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
