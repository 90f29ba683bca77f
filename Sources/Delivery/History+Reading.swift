import Files
import Glibc
import NDJSON

extension History {
    /// What the journal at `path` says, without a lock and without touching it; nothing when there is no such file.
    public init(journalAt path: String, report: (JournalFinding) -> Void) throws(JournalError) {
        self.init()
        // Without waiting: at a pipe that nobody writes to, an open would.
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard number >= 0 else {
            switch errno {
            case ENOENT: return
            case ELOOP: throw .file(.isLink(path: path))
            case let code: throw .file(.failed(path: path, .open, code: code))
            }
        }
        let descriptor = OwnedDescriptor(number)
        if let kind = Journal.kindOfNoFile(number) { throw .file(.isNoFile(path: path, kind)) }
        bytesRead = Journal.size(of: number)
        try read(descriptor.number, path: path, report: report)
    }

    /// Takes in all records of the journal behind `descriptor`, which stands at its beginning.
    mutating func read(_ descriptor: Int32, path: String, report: (JournalFinding) -> Void) throws(JournalError) {
        var reader = LineReader(descriptor: descriptor, maximumLineBytes: Journal.longestLine)
        let head = try History.next(&reader, path)
        if case .line(let line)? = head, Journal.isTornHead(line.bytes), !Journal.endsWithLineFeed(descriptor) {
            return
        }
        guard var records = try JournalRecords(head: head, path: path) else { return }
        rule = records.rule
        // The last line of a journal that another run is writing may be torn without harm: damage is reported only when
        // a line follows.
        var damage: JournalFinding?
        func tell(_ finding: JournalFinding) {
            damagedLines += 1
            if damagedLines <= Journal.mostFindings { report(finding) }
        }
        while let reading = try History.next(&reader, path) {
            if let damage { tell(damage) }
            damage = records.take(reading, into: &self)
        }
        if let damage, Journal.endsWithLineFeed(descriptor) { tell(damage) }
        if damagedLines > Journal.mostFindings { report(.moreDamage(lines: damagedLines - Journal.mostFindings)) }
    }

    /// The next line; nil at the end.
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

/// Takes a journal's lines apart.
struct JournalRecords {
    enum Reading {
        case line(Line)
        case tooLong(number: Int)
    }

    let rule: IdentityRule
    private let paths: FieldPaths
    private let firstOther: Int
    private var text = JSONText()

    /// The names behind the identity's fields, in the order of their indices.
    private enum Field: Int, CaseIterable {
        case outcome, target, breaker, time, reason, runs
    }

    /// Nil when there is no first line; throws when it is not a journal's.
    init?(head: Reading?, path: String) throws(JournalError) {
        guard let head else { return nil }
        guard case .line(let line) = head,
            let fields = try? line.fields(at: FieldPaths(["journal", "version", "key"])),
            fields[0]?.string == Journal.name, let version = fields[1]?.integer
        else {
            guard case .line(let line) = head else { throw .notAJournal(path: path, Excerpt("a very long line")) }
            throw .notAJournal(path: path, line.excerpt)
        }
        guard version <= Journal.version else { throw .newerVersion(path: path, version) }
        guard let key = fields[2]?.string, let rule = IdentityRule(name: key) else {
            throw .notAJournal(path: path, line.excerpt)
        }
        self.rule = rule
        firstOther = rule.paths.count
        paths = FieldPaths(rule.paths.map { "event." + $0 } + Field.allCases.map { "\($0)" })
    }

    /// Takes one record into `history`; returns what is wrong with it otherwise.
    mutating func take(_ reading: Reading, into history: inout History) -> JournalFinding? {
        guard case .line(let line) = reading else {
            guard case .tooLong(let number) = reading else { return nil }
            return .damaged(line: number, why: "longer than \(Journal.longestLine) bytes")
        }
        do {
            let fields = try line.fields(at: paths)
            func value(_ field: Field) -> JSONValue? { fields[firstOther + field.rawValue] }
            if let target = value(.target)?.string {
                history.target = target
                return nil
            }
            if value(.breaker) != nil {
                history.openBreaker()
            } else {
                let outcome = value(.outcome)?.string ?? ""
                // The identity first: a record without one must change nothing.
                let fingerprint = try Identity(fields, rule, text: &text).fingerprint
                switch outcome {
                case "delivered":
                    history.settle(fingerprint, .delivered, isAnswer: true)
                    return nil
                case "failed": history.settle(fingerprint, .failed, isAnswer: value(.runs) == nil)
                case "exhausted": history.exhaust(fingerprint)
                default: return .damaged(line: line.number, why: "outcome: unknown: \(Excerpt(outcome))")
                }
            }
            history.lastTrouble = History.Trouble(
                time: Excerpt(value(.time)?.string ?? ""), reason: Excerpt(value(.reason)?.string ?? ""))
            return nil
        } catch {
            return .damaged(line: line.number, why: "\(error)")
        }
    }
}
