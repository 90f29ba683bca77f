public import ArgumentParser
import Glibc
import NDJSON

/// A command that reads a stream, writes a stream, and ends with one of the statuses of `ExitStatus`.
///
/// A filter says what it does in `filter(_:)`. All that five filters must do alike stands in `main()`: options are
/// parsed, the edge to the process is made, the output is flushed, and what was thrown becomes a message and a status.
public protocol Filter: ParsableCommand {
    /// The options that all filters have.
    var common: CommonOptions { get }

    /// Does the work. Throws `Stop` for an end before its time; other errors are programming mistakes of the filter.
    mutating func filter(_ edge: inout Edge) throws -> ExitStatus
}

extension Filter {
    /// Runs the filter on the process's own streams and ends the process.
    public static func main() {
        StandardStreams.occupyClosed()
        var filter = parsedOrExit()
        let environment = ProcessEnvironment.variables
        let diagnostics = Diagnostics(
            tool: name, format: filter.common.logFormat, isQuiet: filter.common.quiet,
            isVerbose: filter.common.verbose, environment: environment)
        let signals = Signals()
        let output = Output(descriptor: STDOUT_FILENO, signals, diagnostics)
        let status: ExitStatus
        do {
            status = try run(&filter, diagnostics, signals, output, environment)
        } catch {
            endIfStopped(by: error, signals, diagnostics, output)
            status = report(error, to: diagnostics, after: output)
        }
        diagnostics.eraseBar()
        Glibc.exit(status.rawValue)
    }

    private static var name: String { configuration.commandName ?? _commandName }

    private static func run(
        _ filter: inout Self, _ diagnostics: Diagnostics, _ signals: Signals, _ output: Output,
        _ environment: [String: String]
    ) throws -> ExitStatus {
        var edge = try Edge(
            options: filter.common, diagnostics: diagnostics, signals: signals, output: output,
            environment: environment)
        let status = try filter.filter(&edge)
        try edge.flush()
        return status
    }

    /// ArgumentParser's own `main` would print `Error: …`, and usage of many lines.
    private static func parsedOrExit() -> Self {
        do {
            var command = try parseAsRoot()
            guard let filter = command as? Self else {
                // `--help` and `--version` come as commands of their own, which throw what they have to say.
                try command.run()
                Glibc.exit(ExitStatus.done.rawValue)
            }
            return filter
        } catch {
            let diagnostics = Diagnostics(
                tool: name, format: .text, isQuiet: false, isVerbose: false,
                environment: ProcessEnvironment.variables)
            guard exitCode(for: error) != .success else {
                do throws(StreamError) {
                    try writeAll(Array((answer(to: error) + "\n").utf8), to: STDOUT_FILENO)
                } catch {
                    Glibc.exit(report(streamError: error, to: diagnostics).rawValue)
                }
                Glibc.exit(ExitStatus.done.rawValue)
            }
            let message = message(for: error).split(separator: "\n").joined(separator: " ")
            diagnostics.error("\(message.prefix(1).lowercased())\(message.dropFirst()); see \(name) --help")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
    }

    /// What a request for help, for the version or for completions asks for. Help leaves rarely used options out, and says
    /// where they are.
    private static func answer(to request: any Error) -> String {
        let text = fullMessage(for: request)
        return Help.isAskedFor && text == helpMessage()
            ? "\(text)\nAll options: \(name) --help-hidden; man \(name)" : text
    }

    /// Ends the process by the signal that ended the run. What was written goes out first, if it is taken in time.
    private static func endIfStopped(
        by error: any Error, _ signals: Signals, _ diagnostics: Diagnostics, _ output: Output
    ) {
        let signal = (error as? Interrupted)?.signal ?? signals.pending
        guard let signal, error is Interrupted || error as? StreamError == .stopped else { return }
        output.finish()
        diagnostics.eraseBar()
        Signals.die(by: signal)
    }

    /// Whatever else ended the run: what was written before it goes out first, then the reason.
    private static func report(_ error: any Error, to diagnostics: Diagnostics, after output: Output) -> ExitStatus {
        if let error = error as? StreamError { return report(streamError: error, to: diagnostics) }
        do throws(StreamError) { try output.flush() } catch {
            guard error == .stopped else { return report(streamError: error, to: diagnostics) }
            output.finish()
        }
        switch error {
        case let stop as Stop:
            // A job that cron runs every quarter of an hour must not send a mail each time it has to wait.
            if stop.status != .tryLater || !diagnostics.isQuiet { diagnostics.error(stop.description) }
            return stop.status
        default:
            preconditionFailure("an error that no filter turned into a Stop: \(error)")
        }
    }

    private static func report(streamError error: StreamError, to diagnostics: Diagnostics) -> ExitStatus {
        switch error {
        case .cannotRead: diagnostics.error("stdin: \(error)")
        // With SIGPIPE ignored by the parent, the write fails instead; the reader is gone all the same.
        case .cannotWrite(EPIPE): Signals.die(by: SIGPIPE)
        case .cannotWrite, .stopped: diagnostics.error("stdout: \(error)")
        }
        return .inputOutput
    }
}
