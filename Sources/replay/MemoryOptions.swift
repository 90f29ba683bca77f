import ArgumentParser
import Delivery
import FilterKit

/// What is remembered from run to run.
struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Remember in this file what became of each event; without it nothing is.", valueName: "file")
    )
    var checkpoint: String?

    @Option(help: ArgumentHelp("Append the events that failed to this file, byte for byte.", valueName: "file"))
    var deadLetter: String?

    @Flag(help: "Send the events that failed in an earlier run again.")
    var retryFailed = false

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp("Tell events apart by these fields, as a,b.c (default: Strava's).", valueName: "fields"),
        transform: IdentityRule.init(fields:))
    var key: IdentityRule?

    var rule: IdentityRule { key ?? .webhook }

    var files: [(option: String, path: String?)] { [("--checkpoint", checkpoint), ("--dead-letter", deadLetter)] }

    /// Opens and locks the journal; one that ends with the run where no checkpoint is named.
    func journal(for receiver: Receiver, _ edge: borrowing Edge) throws -> Journal {
        guard let checkpoint else { return Journal(rule: rule) }
        do {
            return try Journal.open(
                path: checkpoint, rule: rule, target: receiver.name,
                holder: edge.holder,
                report: edge.warnings(about: checkpoint))
        } catch {
            throw Stop.from(error)
        }
    }

    /// What the journal knows, without touching it.
    func rehearsal(for receiver: Receiver, _ edge: borrowing Edge) throws -> Journal {
        guard let checkpoint else { return Journal(rule: rule) }
        do {
            return try Journal.rehearsal(
                path: checkpoint, rule: rule, target: receiver.name, report: edge.warnings(about: checkpoint))
        } catch {
            throw Stop.from(error)
        }
    }

    func deadLetters() throws -> DeadLetters? {
        guard let deadLetter else { return nil }
        do { return try DeadLetters(path: deadLetter) } catch { throw Stop.from(error) }
    }

    /// Prints what the checkpoint knows, for a person at two in the morning.
    func report(_ edge: inout Edge) throws -> ExitStatus {
        guard let checkpoint else { return .usage }
        let history: History
        let holder: String?
        do {
            history = try History(journalAt: checkpoint, report: edge.warnings(about: checkpoint))
            holder = try Journal.holder(path: checkpoint)
        } catch {
            throw Stop.from(error)
        }
        try edge.say("checkpoint  \(checkpoint)")
        try edge.say("target      \(history.target.map { "\($0)" } ?? "none yet")")
        try edge.say("delivered   \(history.delivered)")
        try edge.say("failed      \(history.failed)")
        try edge.say("waiting     \(history.waiting)")
        try edge.say("last error  \(history.lastTrouble.map { "\($0.time) \($0.reason)" } ?? "none")")
        try edge.say("locked      \(holder.map { $0.isEmpty ? "yes" : $0 } ?? "no")")
        if let holder {
            throw Stop(.tryLater, "\(checkpoint): locked: \(holder.isEmpty ? "by another process" : holder)")
        }
        return .done
    }
}
