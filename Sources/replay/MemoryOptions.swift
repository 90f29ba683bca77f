import ArgumentParser
import Delivery
import FilterKit

/// What is remembered from run to run.
struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Remember in this file what became of each event.", valueName: "file"), completion: .file())
    var checkpoint: String?

    @Option(
        help: ArgumentHelp("Append the events that failed to this file.", valueName: "file"), completion: .file())
    var deadLetter: String?

    @Flag(help: "Send the events that failed in an earlier run again.")
    var retryFailed = false

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "Tell events apart by these fields, as a,b.c (default: Strava's).", valueName: "fields", visibility: .rare
        ),
        transform: IdentityRule.init(fields:))
    var key: IdentityRule?

    func validate() throws {
        for case (let option, "") in files { throw ValidationError("\(option): empty") }
    }

    var rule: IdentityRule { key ?? .webhook }

    var files: [(option: String, path: String?)] { [("--checkpoint", checkpoint), ("--dead-letter", deadLetter)] }

    /// Opens and locks the journal; one that ends with the run where no checkpoint is named.
    ///
    /// - Parameter target: Where the events go; nil where nothing is sent.
    func journal(for target: String?, _ edge: borrowing Edge) throws -> Journal {
        guard let checkpoint else { return Journal(rule: rule) }
        do {
            return try Journal.open(
                path: checkpoint, rule: rule, target: target, holder: edge.holder,
                report: edge.warnings(about: checkpoint))
        } catch {
            throw Stop.from(error)
        }
    }

    /// What the journal knows, without touching it.
    func rehearsal(for target: String, _ edge: borrowing Edge) throws -> Journal {
        guard let checkpoint else { return Journal(rule: rule) }
        do {
            return try Journal.rehearsal(
                path: checkpoint, rule: rule, target: target, report: edge.warnings(about: checkpoint))
        } catch {
            throw Stop.from(error)
        }
    }

    func deadLetters() throws -> DeadLetters? {
        guard let deadLetter else { return nil }
        do { return try DeadLetters(path: deadLetter) } catch { throw Stop.from(error) }
    }
}
