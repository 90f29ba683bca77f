import Files
public import NDJSON

/// The records of a journal that say where events stand now: for each event at most one, its last.
///
/// Two passes over the file: the first finds out which record is an event's last, the second hands those on. What is
/// appended in between belongs to the next extract.
public struct JournalExtract {
    private let path: String
    /// Numbers of the lines that belong to it, in their order.
    private let lines: [Int32]

    /// Looks for the events that are `settlement`, without a lock and without touching the file.
    ///
    /// - Parameter time: Only what was recorded at that moment or earlier; nil for all.
    public init(
        journalAt path: String, of settlement: Settlement, until time: Timestamp?, report: (JournalFinding) -> Void
    ) throws(JournalError) {
        self.path = path
        var lines: [Fingerprint: Int32] = [:]
        _ = try History(journalAt: path, report: report) { record, line in
            guard case .mark(let mark, let fingerprint) = record.content else { return }
            let belongs = mark.settlement == settlement && JournalExtract.isOld(record, time)
            lines[fingerprint] = belongs ? Int32(clamping: line.number) : nil
        }
        self.lines = lines.values.sorted()
    }

    /// How many events.
    public var count: Int { lines.count }

    /// Hands each record to `body` as it stands in the journal, in its order.
    public func forEach(_ body: (JSONValue) throws -> Void) throws {
        guard let descriptor = try Journal.descriptor(of: path),
            var journal = try JournalLines(descriptor.number, path: path)
        else { return }
        var rest = lines[...]
        while let number = rest.first, let reading = try journal.next() {
            guard case .line(let line) = reading, line.number == number else { continue }
            rest.removeFirst()
            try body(line.fields(at: FieldPaths([])).object)
        }
    }

    private static func isOld(_ record: JournalRecords.Record, _ limit: Timestamp?) -> Bool {
        guard let limit else { return true }
        // Of what has no time that can be read nobody knows that it is old.
        guard let text = record[.time]?.string, let time = Timestamp(text: text.utf8) else { return false }
        return time <= limit
    }
}
