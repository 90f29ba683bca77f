import Delivery
import FilterKit
import NDJSON

// `--report` and `--reopen`: what the checkpoint knows, for other programs, and what they found out.
extension Replay {
    /// Prints the records of the events that stand there, in the journal's order.
    func report(_ settlement: Settlement, _ edge: inout Edge) throws -> ExitStatus {
        guard let checkpoint = memory.checkpoint else { return .usage }
        let now = edge.wallTime
        let limit = modes.settled.flatMap { Timestamp(unixSeconds: now.unixSeconds - $0.components.seconds) }
        let extract: JournalExtract
        do {
            extract = try JournalExtract(
                journalAt: checkpoint, of: settlement, until: limit, report: edge.warnings(about: checkpoint))
            try extract.forEach { try edge.write($0) }
        } catch {
            throw Stop.from(error)
        }
        edge.diagnostics.note("\(extract.count) \(settlement.rawValue)")
        return .done
    }

    /// Makes the events on stdin pending again, or gives them up.
    func reopen(_ edge: inout Edge) throws -> ExitStatus {
        try edge.requireDistinctFiles(memory.files)
        try edge.openInput()
        // Named, the environment must be the one that the checkpoint belongs to.
        let journal = try memory.journal(for: target.environment.name, edge)
        var reopening = Reopening(journal, rule: memory.rule, mostDeliveries: modes.maxDeliveries ?? 2)
        do { try reopening.run(&edge) } catch {
            edge.diagnostics.note("\(reopening.summary); run the same command again")
            throw Stop.from(error)
        }
        edge.diagnostics.note("\(reopening.summary)")
        return edge.skipped == 0 ? .done : .failures
    }
}
