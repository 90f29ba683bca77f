import ArgumentParser
import Delivery
import FilterKit
import HTTP

/// Sends webhook events to their receiver, each once, in order, at a rate and within quotas that the other side survives.
///
/// What became of each event is in the checkpoint before the next one leaves, so that the same command goes on where the
/// last one stopped, however that ended. A result for each event that this run settled goes to stdout.
@main
struct Replay: Filter {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Deliver webhook events once each, in order, at a steady rate.",
        usage: "replay --target-env <name> --checkpoint <file> [<options>] <events.ndjson",
        version: Version.line(of: "replay"))

    @OptionGroup var target: TargetOptions
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var pace: PaceOptions
    @OptionGroup var quotas: QuotaOptions
    @OptionGroup var modes: ModeOptions

    @Option(help: ArgumentHelp("How progress shows on stderr; plain is a line a minute.", visibility: .rare))
    var progress: Progress.Style = .auto

    @OptionGroup var common: CommonOptions

    func validate() throws {
        switch modes.mode {
        case .status, .report, .reopening:
            guard memory.checkpoint == nil else { return }
            throw ValidationError("--status, --report, --reopen: --checkpoint is missing: they are about one")
        case .delivery, .plan: return
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        switch modes.mode {
        case .status: try showStatus(&edge)
        case .report(let settlement): try report(settlement, &edge)
        case .reopening: try reopen(&edge)
        case .plan: try plan(&edge)
        case .delivery: try deliver(&edge)
        }
    }

    private func deliver(_ edge: inout Edge) throws -> ExitStatus {
        let terms = try terms(&edge)
        let sender = try Sender(to: terms.receiver, terms.settings, edge)
        try target.confirm(terms.receiver, edge)

        // The checkpoint's lock first, the ledger's for each charge.
        let journal = try memory.journal(for: terms.receiver.name, edge)
        let ledger = try terms.account?.open(for: terms.receiver.name, edge)
        let progress = Progress(progress, terms.rate, terms.account?.budget, edge)
        let diagnostics = edge.diagnostics
        var deliverer = Deliverer(
            pace.limits(from: edge.monotonicTime, retriesFailed: memory.retryFailed, waitsForQuota: quotas.wait),
            rule: memory.rule, rate: terms.rate, journal: journal, ledger: ledger,
            deadLetters: try memory.deadLetters(), chance: { Double.random(in: 0..<1) },
            tell: { news in
                progress.follow(news)
                diagnostics.tell(news)
            },
            post: sender.post)
        let ending: Ending
        do {
            ending = try deliverer.run(&edge)
            if ending.leavesInput, edge.inputIsFile { try deliverer.countRest(&edge, namesBadLines: false) }
        } catch {
            edge.diagnostics.note("\(deliverer.summary); \(Stop.wayToGoOn(rememberedIn: memory.checkpoint))")
            throw Stop.from(error)
        }
        return try conclude(Course(ending, of: deliverer, terms.account?.budget, edge), edge)
    }

    /// The last words, and the status.
    private func conclude(_ course: Course, _ edge: borrowing Edge) throws -> ExitStatus {
        let again = Stop.wayToGoOn(rememberedIn: memory.checkpoint)
        edge.diagnostics.note(edge.signals.pending == nil ? "\(course.words)" : "\(course.words); \(again)")
        try edge.signals.check()
        if edge.diagnostics.isQuiet, let alarm = course.alarm { edge.diagnostics.report(alarm) }
        if let stop = Stop.after(course, again, at: edge.wallTime) { throw stop }
        let summary = course.summary
        // For cron, which is quiet until there is something to tell: this once there is.
        if edge.diagnostics.isQuiet, course.isLastSlice, progress != .none {
            edge.diagnostics.report("\(summary); nothing is left")
        }
        return summary.failed + summary.rejected + summary.gone == 0 ? .done : .failures
    }
}
