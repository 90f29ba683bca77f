import NDJSON

@testable import Delivery

/// A run's surroundings on a clock that only waiting moves.
struct VirtualEdge: DeliveryEdge, ~Copyable {
    struct Ended: Error {}

    var lines: LineReader
    var now = Duration.seconds(100)
    var waits: [Duration] = []
    var results: [String] = []
    var skipped = 0
    var reasons: [String] = []
    /// The wait in which a signal comes.
    var signalInWait: Int?
    /// The wait, counted from 1, behind which the process is stopped for a minute.
    var stopInWait: Int?
    /// What stdout does.
    var onWrite: () throws -> Void = {}

    init(_ text: String) {
        lines = lineReader(text)
    }

    mutating func nextLine() throws -> Line? {
        guard case .line(let line) = try lines.next() else { return nil }
        return line
    }

    mutating func skip(_ line: Line, _ error: EventError) throws {
        skipped += 1
        reasons.append("\(line.number): \(error)")
    }

    mutating func write(_ record: some JSONRecord) throws {
        try onWrite()
        var text = JSONText()
        record.write(to: &text)
        results.append(text.string)
    }

    mutating func flush() throws {}

    var monotonicTime: Duration { now }
    /// What the wall clock shows when the other one shows nothing.
    var start: Int64 = 1_700_000_000
    var wallTime: Timestamp { moment(start + now.components.seconds) }

    mutating func sleep(for duration: Duration) throws {
        if waits.count == signalInWait { throw Ended() }
        waits.append(duration)
        now += duration
        if waits.count == stopInWait { now += .seconds(60) }
    }
}
