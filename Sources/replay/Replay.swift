import ArgumentParser
import Delivery
import FilterKit
import HTTP

/// Sends webhook events to their receiver, each once, in order, at a rate that the other side survives.
///
/// What became of each event is in the checkpoint before the next one leaves, so that the same command goes on where the
/// last one stopped, however that ended. A result for each event that this run settled goes to stdout.
@main
struct Replay: Filter {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Deliver webhook events once each, in order, at a steady rate.",
        version: Version.text)

    @OptionGroup var target: TargetOptions
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var pace: PaceOptions

    @Flag(help: "Send nothing, touch no file: say how many events would be sent, and how long that takes.")
    var dryRun = false

    @Flag(help: "Send nothing, read no input: say what the checkpoint knows, and whether a run is at work.")
    var status = false

    @Option(help: "How progress shows on stderr: auto, bar, plain (a line a minute) or none.")
    var progress: Progress.Style = .auto

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if dryRun, status { throw ValidationError("--dry-run, --status: both given: choose one") }
        if status, memory.checkpoint == nil {
            throw ValidationError("--status: --checkpoint is missing: it reports on one")
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        if status { return try memory.report(&edge) }
        let receiver = try target.receiver(edge)
        let rate = try pace.rate(edge, target.environment)
        try edge.requireDistinctFiles(memory.files)
        try edge.openInput()
        if dryRun { return try plan(receiver, rate, &edge) }
        let sender = try Sender(to: receiver, edge.settings(target.environment), edge)
        try target.confirm(receiver, edge)

        var deliverer = try deliverer(
            rate, try memory.journal(for: receiver, edge), try memory.deadLetters(), edge, post: sender.post)
        let ending: Ending
        do {
            ending = try deliverer.run(&edge)
            if ending.leavesInput, edge.inputIsFile { try deliverer.countRest(&edge, namesBadLines: false) }
        } catch {
            edge.diagnostics.note("\(deliverer.summary); \(Stop.wayToGoOn(rememberedIn: memory.checkpoint))")
            throw Stop.from(error)
        }
        return try conclude(ending, deliverer.summary, deliverer.exhausted, edge)
    }

    private func deliverer(
        _ rate: Rate, _ journal: consuming Journal, _ deadLetters: consuming DeadLetters?, _ edge: borrowing Edge,
        post: @escaping (Event) throws -> Response
    ) throws -> Deliverer {
        let diagnostics = edge.diagnostics
        var progress = Progress(progress, edge)
        return Deliverer(
            pace.limits(from: edge.monotonicTime, retriesFailed: memory.retryFailed), rule: memory.rule, rate: rate,
            journal: journal, deadLetters: deadLetters, chance: { Double.random(in: 0..<1) },
            tell: { news in
                if case .advanced(let summary) = news { return progress.advance(to: summary) }
                diagnostics.tell(news)
            },
            post: post)
    }

    /// What a run would do.
    private func plan(_ receiver: Receiver, _ rate: Rate, _ edge: inout Edge) throws -> ExitStatus {
        let journal = try memory.rehearsal(for: receiver, edge)
        var deliverer = try deliverer(rate, journal, nil, edge) { _ in
            preconditionFailure("a plan sends nothing")
        }
        do { try deliverer.countRest(&edge, namesBadLines: true) } catch { throw Stop.from(error) }
        edge.diagnostics.plan(deliverer.summary, to: receiver, at: rate, limit: pace.limit)
        return edge.skipped == 0 ? .done : .failures
    }

    /// The last words, and the status.
    private func conclude(
        _ ending: Ending, _ summary: Summary, _ exhausted: Int, _ edge: borrowing Edge
    ) throws -> ExitStatus {
        let isInterrupted = edge.signals.pending != nil
        edge.diagnostics.note(
            isInterrupted ? "\(summary); \(Stop.wayToGoOn(rememberedIn: memory.checkpoint))" : "\(summary)")
        try edge.signals.check()
        if let stop = Stop.after(ending, summary, exhausted: exhausted, rememberedIn: memory.checkpoint) { throw stop }
        return summary.failed + summary.rejected == 0 ? .done : .failures
    }
}
