import Glibc
import NDJSON

/// The records on their way to stdout, where they do not run into the bar if both are one terminal.
///
/// A class, because two hold it: the edge that writes, and the reader's hook that flushes when the input pauses.
final class Output {
    private var writer: LineWriter
    private let signals: Signals
    private let diagnostics: Diagnostics
    private let isTerminal: Bool

    init(descriptor: Int32, _ signals: Signals, _ diagnostics: Diagnostics) {
        self.signals = signals
        self.diagnostics = diagnostics
        isTerminal = isatty(descriptor) == 1
        writer = LineWriter(descriptor: descriptor) { signals.pending != nil }
    }

    func write(_ record: some JSONRecord) throws(StreamError) {
        // A terminal is read by a person, so that each line goes out at once: the buffer, once full, would go out in the
        // middle of the bar.
        guard isTerminal else { return try writer.write(record) }
        try diagnostics.aboveBar { () throws(StreamError) in
            try writer.write(record)
            try writer.flush()
        }
    }

    func flush() throws(StreamError) {
        if !writer.isEmpty { try writer.flush() }
    }

    /// Writes a line of text after all records.
    func say(_ line: [UInt8]) throws(StreamError) {
        try flush()
        try diagnostics.aboveBar { () throws(StreamError) in try writeAll(line, to: STDOUT_FILENO) }
    }

    /// Writes what the reader takes within a second, and within two of the signal: a run that one ends has no more time.
    func finish() {
        diagnostics.eraseBar()
        let second = Clock.monotonic() + .seconds(1)
        let deadline = signals.pendingSince.map { min(second, $0 + .milliseconds(1900)) } ?? second
        writer.finish { Clock.monotonic() >= deadline }
    }
}
