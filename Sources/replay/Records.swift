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
        try edge.requireDistinctFiles(memory.files + [("--looked-up", modes.lookedUp)])
        try edge.openInput()
        // Named, the environment must be the one that the checkpoint belongs to.
        let journal = try memory.journal(for: target.environment.name, edge)
        if let path = modes.lookedUp, let checkpoint = memory.checkpoint {
            return try verify(journal, at: checkpoint, against: path, &edge)
        }
        var reopening = Reopening(journal, rule: memory.rule, mostDeliveries: modes.maxDeliveries ?? 2)
        do { try reopening.run(&edge) } catch {
            edge.diagnostics.note("\(reopening.summary); run the same command again")
            throw Stop.from(error)
        }
        edge.diagnostics.note("\(reopening.summary)")
        return edge.skipped == 0 ? .done : .failures
    }

    /// Decides about the results in the file at `path` by what of them is missing, which stdin has.
    private func verify(
        _ journal: consuming Journal, at checkpoint: String, against path: String, _ edge: inout Edge
    ) throws -> ExitStatus {
        var terms = Verification.Terms()
        terms.mostDeliveries = modes.maxDeliveries ?? terms.mostDeliveries
        terms.leastLanded = modes.minLanded ?? terms.leastLanded
        var verification = Verification(journal, rule: memory.rule, terms: terms)
        let isTrustworthy: Bool
        do { isTrustworthy = try verification.run(journalAt: checkpoint, lookedUp: path, &edge) } catch {
            throw Stop.from(error)
        }
        let finding = verification.finding
        guard isTrustworthy else {
            let stop = Stop.tooFewLanded(finding, terms.leastLanded)
            // Cron is quiet about what passes by itself; this does not.
            if edge.diagnostics.isQuiet { edge.diagnostics.report("\(stop)") }
            throw stop
        }
        // Given up is given up once: nobody would hear of it later.
        if finding.gone > 0 { edge.diagnostics.report("\(finding)") } else { edge.diagnostics.note("\(finding)") }
        if finding.held > 0 {
            edge.diagnostics.note(
                "\(finding.held) held: missing, but nothing that was delivered later has landed: the pipeline may be down; "
                    + "looked up again, and given up a week after their last delivery")
        }
        return .done
    }
}

extension Stop {
    /// It is the pipeline: what does not fail one by one is not mended by sending it again.
    fileprivate static func tooFewLanded(_ finding: Verification.Finding, _ least: Percentage) -> Stop {
        let (landed, all) = finding.firstDeliveries
        return Stop(
            .tryLater,
            "\(landed) of \(all) delivered events have landed, less than --min-landed \(least): nothing was changed",
            wayOut: "see whether the pipeline is up, their updates are null, their subscription_id is the pipeline's, "
                + "Strava's quota was overrun; if all is well by now, give --min-landed 0%")
    }
}
