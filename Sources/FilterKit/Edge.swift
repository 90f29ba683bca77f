import CSystem
import Files
import Glibc
public import NDJSON

/// What the input has next, for those who do not wait for ever.
public enum Arrival {
    /// A line that is not blank.
    case line(Line)
    /// Nothing within the time.
    case nothing
    /// Nothing more.
    case end
}

/// Where a filter meets the process: its streams, its messages, its clocks, and the signals that end it.
public struct Edge: ~Copyable {
    /// Words to the user.
    public let diagnostics: Diagnostics
    /// What asks the run to end.
    public let signals: Signals
    /// The process's environment variables.
    public let environment: [String: String]
    /// Lines that were named and passed over.
    public private(set) var skipped = 0

    private let options: CommonOptions
    let output: Output
    private var reader: LineReader
    private var rejects: AppendFile?
    private var inputIsOpen = false
    private let patience: Patience

    init(
        options: CommonOptions, diagnostics: Diagnostics, signals: Signals, output: Output,
        environment: [String: String]
    ) throws {
        self.options = options
        self.diagnostics = diagnostics
        self.signals = signals
        self.output = output
        self.environment = environment
        rejects = try options.openRejects()
        let patience = Patience()
        self.patience = patience
        reader = LineReader(descriptor: STDIN_FILENO, maximumLineBytes: options.maxLineBytes.bytes) {
            try Edge.waitForInput(signals, output, patience)
        }
    }

    // MARK: Input

    /// The next line that is not blank; nil at the end. Lines read before become unreadable.
    public mutating func nextLine() throws -> Line? {
        try openInput()
        while true {
            switch try reader.next() {
            case .line(let line): return line
            case .end: return nil
            case .tooLong(let number):
                try reject("stdin:\(number): not read: longer than --max-line-bytes \(options.maxLineBytes.bytes)")
                // In the middle of a line there is no pause: its rest would be taken for a line of its own.
                let deadline = patience.deadline
                patience.deadline = nil
                while let piece = try reader.nextPiece() { try keep(piece) }
                patience.deadline = deadline
            }
        }
    }

    /// As `nextLine()`, but waits no longer than until `deadline`, by the monotonic clock; nil waits as long as it takes.
    public mutating func nextLine(before deadline: Duration?) throws -> Arrival {
        patience.deadline = deadline
        defer { patience.deadline = nil }
        do {
            return try nextLine().map { .line($0) } ?? .end
        } catch is InputPause {
            return .nothing
        }
    }

    /// Refuses a terminal as input, which would look like a program that hangs. `nextLine()` does it by itself; a filter
    /// that has something to lock or ask first calls it before.
    public mutating func openInput() throws {
        guard !inputIsOpen else { return }
        guard isatty(STDIN_FILENO) == 0 else {
            throw Stop(.usage, "stdin: is a terminal: records are expected", wayOut: "use < FILE or a pipe")
        }
        // A file of rejects that is the input would grow as fast as it is read.
        try requireDistinctFiles([])
        // A larger pipe halves the system calls; where it is none, or not allowed, it stays as it is.
        _ = system_set_pipe_size(STDIN_FILENO, 1 << 20)
        inputIsOpen = true
    }

    /// `, 2 bad lines skipped`, for the end of a sentence; empty when there was none.
    public var skippedWords: String {
        skipped == 0 ? "" : ", \(skipped) bad \(skipped == 1 ? "line" : "lines") skipped"
    }

    /// `120 read: 118 events, 2 bad lines skipped`: what became of the input, for the end of a run. `details` stand behind
    /// the number of what was made, as ` (Ride 80, Run 38)`.
    public func balance(_ made: Int, _ noun: String, details: String = "") -> String {
        "\(made + skipped) read: \(made) \(noun)\(made == 1 ? "" : "s")\(details)\(skippedWords)"
    }

    /// Names the line and passes over it; with `--strict` the run stops instead. The run will end with status 1.
    public mutating func skip(_ line: Line, _ error: some CustomStringConvertible) throws {
        try reject("stdin:\(line.number): \(error)")
        try keep(line.bytesWithEnd)
    }

    /// Tells of something in a line that a careful user would want to know, and that does not make it a bad one.
    public func warn(of line: Line, _ message: String) {
        diagnostics.warning("stdin:\(line.number): \(message)")
    }

    private mutating func reject(_ message: String) throws {
        skipped += 1
        if options.strict { throw Stop(.failures, message) }
        diagnostics.error(message)
    }

    /// Appends what is passed over to the file of the rejects, where there is one.
    private mutating func keep(_ bytes: [UInt8]) throws {
        guard rejects != nil else { return }
        do { try rejects?.append(bytes) } catch { throw Stop(.inputOutput, error) }
    }

    /// Flushes what is written when no input is ready, then waits for it; a signal ends the wait.
    private static func waitForInput(_ signals: Signals, _ output: Output, _ patience: Patience) throws {
        if try signals.wait(for: STDIN_FILENO, until: Patience(until: .zero)) { return }
        try output.flush()
        guard try signals.wait(for: STDIN_FILENO, until: patience) else { throw InputPause() }
    }

    // MARK: Signals

    /// Answers USR1, as dd(1) does: `answer` is called for it between two steps and during waits, on this thread. Without
    /// this call USR1 ends the process.
    public func onStatusRequest(_ answer: @escaping () -> Void) { signals.answerStatusRequests(with: answer) }

    // MARK: Configuration

    /// Where values come from that no option gives. Throws `Stop` when the environment that was named has no good file.
    public func settings(_ options: EnvironmentOptions? = nil) throws -> Settings {
        let file = try options?.name.map { try EnvFile.named($0, in: EnvFile.folders(environment)) }
        return Settings(file: file, process: environment)
    }

    /// The text of a file that a user made for us. Throws `Stop` with status 78 when it cannot be read.
    public func contents(of path: String, limit: Int) throws -> String {
        do { return String(decoding: try readSmallFile(path, limit: limit), as: UTF8.self) } catch {
            throw Stop(.configuration, error)
        }
    }

    /// Reads the file at `path` again whenever it is called; nil when it cannot be read. A pipe may have nobody left who
    /// writes to it, and is waited for no longer than five seconds.
    public func rereadable(_ path: String, limit: Int) -> () -> String? {
        { (try? readSmallFile(path, limit: limit, patience: 5000)).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Refuses one file for two purposes, whatever its names; stdin and stdout are compared too.
    public func requireDistinctFiles(_ files: [(option: String, path: String?)]) throws {
        var purposes: [FileIdentity: String] = [:]
        let input = try? FileIdentity(descriptor: STDIN_FILENO, path: "stdin")
        if let input, input.isRegular { purposes[input] = "stdin" }
        let output = try? FileIdentity(descriptor: STDOUT_FILENO, path: "stdout")
        if let output, output.isRegular { purposes[output] = "stdout" }
        for case (let option, let path?) in files + [("--rejects", options.rejects)] {
            // A path that leads nowhere is refused when it is opened, with a better message.
            guard let identity = try? FileIdentity(path: path), identity.isRegular else { continue }
            if let other = purposes.updateValue(option, forKey: identity) {
                throw Stop(.usage, "\(option): \(path): the same file as \(other)", wayOut: "name another file")
            }
        }
    }

    // MARK: Output

    /// Writes one record on a line of its own.
    public mutating func write(_ record: some JSONRecord) throws(StreamError) { try output.write(record) }

    /// Writes all that waits, now.
    public mutating func flush() throws(StreamError) { try output.flush() }

    // MARK: Time and place

    /// Time that nobody sets.
    public var monotonicTime: Duration { Clock.monotonic() }

    /// Time that nobody sets, for whoever asks later.
    public var monotonicClock: () -> Duration { Clock.monotonic }

    /// The time of day.
    public var wallTime: Timestamp { Clock.wall() }

    /// The time of day, for whoever asks later.
    public var wallClock: () -> Timestamp { Clock.wall }

    /// Waits for `duration`; a signal ends the wait with `Interrupted`. What is written goes out first.
    public mutating func sleep(for duration: Duration) throws {
        try flush()
        try signals.sleep(for: duration)
    }
}
