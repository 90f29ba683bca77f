import NDJSON

/// The records on their way to stdout.
///
/// A class, because two hold it: the edge that writes, and the reader's hook that flushes when the input pauses.
final class Output {
    private var writer: LineWriter

    init(descriptor: Int32, _ signals: Signals) {
        writer = LineWriter(descriptor: descriptor) { signals.pending != nil }
    }

    func write(_ record: some JSONRecord) throws(StreamError) { try writer.write(record) }

    func flush() throws(StreamError) {
        if !writer.isEmpty { try writer.flush() }
    }

    /// Writes what the reader takes within a second: a run that a signal ends has no more time.
    func finish() {
        let deadline = Clock.monotonic() + .seconds(1)
        writer.finish { Clock.monotonic() >= deadline }
    }
}
