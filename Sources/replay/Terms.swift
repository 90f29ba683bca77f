import Delivery
import FilterKit

/// What a run, or its plan, is bound to: found out before anything is read, sent or written.
struct Terms {
    let settings: Settings
    let receiver: Receiver
    let rate: Rate
    /// Nil where there is no quota.
    let account: Account?
}

extension Replay {
    /// Finds the terms, and refuses files and streams that cannot be what they are named for. Throws `Stop`.
    func terms(_ edge: inout Edge) throws -> Terms {
        let settings = try edge.settings(target.environment)
        let terms = Terms(
            settings: settings, receiver: try target.receiver(edge), rate: try pace.rate(settings),
            account: try quotas.account(settings))
        try edge.requireDistinctFiles(memory.files + [("--ledger", terms.account?.path)])
        try edge.openInput()
        return terms
    }
}

extension Duration {
    /// What to say of a ledger that is so far ahead; nil where no clock was wrong.
    var wordsAboutAhead: String? {
        self < .seconds(60) ? nil : "the ledger is \(inWords) ahead of the clock, and counts as of its last charge"
    }
}

/// Quotas, and where account of them is kept.
struct Account {
    let budget: Budget
    let path: String

    /// To charge. Throws `Stop`.
    func open(for target: String, _ edge: borrowing Edge) throws -> Ledger {
        do {
            return try Ledger.open(
                path: path, budget: budget, target: target, at: edge.wallTime,
                report: edge.warnings(of: LedgerFinding.self, about: path))
        } catch {
            throw Stop.from(error)
        }
    }

    /// To look at. Throws `Stop`.
    func rehearsal(_ edge: borrowing Edge) throws -> Ledger {
        do {
            return try Ledger.rehearsal(
                path: path, budget: budget, at: edge.wallTime,
                report: edge.warnings(of: LedgerFinding.self, about: path))
        } catch {
            throw Stop.from(error)
        }
    }
}
