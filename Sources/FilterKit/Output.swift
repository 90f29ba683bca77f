import NDJSON

/// The records on their way to stdout.
///
/// A class, because two hold it: the edge that writes, and the reader's hook that flushes when the input pauses.
final class Output {
    private var writer: LineWriter
    private let signals: Signals

    init(descriptor: Int32, _ signals: Signals) {
        self.signals = signals
        writer = LineWriter(descriptor: descriptor) { signals.pending != nil }
    }

    func write(_ record: some JSONRecord) throws(StreamError) { try writer.write(record) }

    func flush() throws(StreamError) {
        if !writer.isEmpty { try writer.flush() }
    }

    /// Writes what the reader takes within a second, and within two of the signal: a run that one ends has no more time.
    func finish() {
        let second = Clock.monotonic() + .seconds(1)
        let deadline = signals.pendingSince.map { min(second, $0 + .milliseconds(1900)) } ?? second
        writer.finish { Clock.monotonic() >= deadline }
    }
}
