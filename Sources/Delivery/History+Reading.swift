import Files
import Glibc
import NDJSON

extension History {
    /// What the journal at `path` says, without a lock and without touching it; nothing when there is no such file.
    public init(journalAt path: String, report: (JournalFinding) -> Void) throws(JournalError) {
        try self.init(journalAt: path, report: report) { _, _ in }
    }

    /// - Parameter each: Sees every record that counts, with its line.
    init(
        journalAt path: String, report: (JournalFinding) -> Void, each: (JournalRecords.Record, Line) -> Void
    ) throws(JournalError) {
        self.init()
        guard let descriptor = try Journal.descriptor(of: path) else { return }
        bytesRead = Journal.size(of: descriptor.number)
        reserveRoom(forEvents: bytesRead / History.usualRecord)
        try read(descriptor.number, path: path, report: report, each: each)
    }

    /// Takes in all records of the journal behind `descriptor`, which stands at its beginning.
    private mutating func read(
        _ descriptor: Int32, path: String, report: (JournalFinding) -> Void, each: (JournalRecords.Record, Line) -> Void
    ) throws(JournalError) {
        guard var lines = try JournalLines(descriptor, path: path) else { return }
        rule = lines.records.rule
        // The last line of a journal that another run is writing may be torn without harm: damage is reported only when
        // a line follows.
        var damage: JournalFinding?
        func tell(_ finding: JournalFinding) {
            damagedLines += 1
            if damagedLines <= Journal.mostFindings { report(finding) }
        }
        while let reading = try lines.next() {
            if let found = damage { tell(found) }
            damage = nil
            do {
                let record = try lines.records.record(in: reading)
                note(record)
                if case .line(let line) = reading { each(record, line) }
            } catch {
                damage = error
            }
        }
        if let damage, Journal.endsWithLineFeed(descriptor) { tell(damage) }
        if damagedLines > Journal.mostFindings { report(.moreDamage(lines: damagedLines - Journal.mostFindings)) }
    }

    private mutating func note(_ record: JournalRecords.Record) {
        if case .mark(.delivered, let fingerprint) = record.content { return note(.delivered, of: fingerprint) }
        var reason = record[.reason]?.string ?? ""
        switch record.content {
        case .target(let name):
            target = name
            return
        case .breaker:
            openBreaker()
            let events = record[.breaker]?.integer ?? 0
            reason = "\(events) events in a row used up their attempts: \(reason)"
        case .pause(let end): lastPause = Pause(end: end, reason: Excerpt(reason))
        case .mark(let mark, let fingerprint):
            note(mark, of: fingerprint)
            // No trouble: somebody looked, and found the event, or asked for it once more.
            if mark == .reopened || mark == .landed { return }
        }
        lastTrouble = Trouble(time: Excerpt(record[.time]?.string ?? ""), reason: Excerpt(reason))
    }
}

/// The lines of a journal behind its first one.
struct JournalLines: ~Copyable {
    var records: JournalRecords
    private var reader: LineReader
    private let path: String

    /// Nil when there are none: the journal is empty, or a crash left a part of its head. Throws when it is none.
    init?(_ descriptor: Int32, path: String) throws(JournalError) {
        var reader = LineReader(descriptor: descriptor, maximumLineBytes: Journal.longestLine)
        let head = try JournalLines.next(&reader, path)
        if case .line(let line)? = head, Journal.isTornHead(line.bytes), !Journal.endsWithLineFeed(descriptor) {
            let (number, excerpt) = (line.number, line.excerpt)
            // Torn is only what stands at the end: a damaged head with records behind it has a line feed, and must not
            // pass for an empty journal, whose events would all be sent again.
            guard try JournalLines.next(&reader, path) == nil, reader.lineNumber == number else {
                throw .notAJournal(path: path, excerpt)
            }
            return nil
        }
        guard let records = try JournalRecords(head: head, path: path) else { return nil }
        self.records = records
        self.reader = reader
        self.path = path
    }

    /// The next line; nil at the end. The one before becomes unreadable.
    mutating func next() throws(JournalError) -> JournalRecords.Reading? { try JournalLines.next(&reader, path) }

    private static func next(
        _ reader: inout LineReader, _ path: String
    ) throws(JournalError) -> JournalRecords.Reading? {
        do {
            switch try reader.next() {
            case .end: return nil
            case .line(let line): return .line(line)
            case .tooLong(let number): return .tooLong(number: number)
            }
        } catch let error as StreamError {
            throw .unreadable(path: path, error)
        } catch {
            preconditionFailure("a reader without `beforeRead` throws nothing but StreamError: \(error)")
        }
    }
}
