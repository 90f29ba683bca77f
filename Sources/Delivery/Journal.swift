// The journal is the one place that knows what became of an event. It promises:
// (1) A line is complete or it is not there: what a crash tore is removed before anything is appended, what it left
//     whole is kept.
// (2) When `record` returns, the record survives a power cut. That an event landed may be forgotten until `sync`: then it
//     is looked up once more.
// (3) Damage never makes an undelivered event look settled: a line that cannot be read whole settles nothing, and two
//     events are one only when all fields of their identity are equal.
// (4) Nothing of it is changed, created or sent before its version, its key and its target were found to fit and its
//     lock is held.
// (5) A person can read it: NDJSON, the event's identity and outcome as in the result lines.
//
//     {"journal":"replay","version":1,"key":"webhook"}
//     {"target":"prod","time":"2026-11-23T14:02:11Z"}
//     {"event":{"object_type":"activity","object_id":101,"aspect_type":"create"},"outcome":"delivered","time":…}
//     {"event":{…},"outcome":"failed","time":…,"status":422,"attempts":1,"reason":"answered 422: …"}
//     {"event":{…},"outcome":"unanswered","time":…,"attempts":1,"reason":"127.0.0.1:80: timed out: …"}
//     {"event":{…},"outcome":"exhausted","time":…,"attempts":5,"reason":"answered 503"}
//     {"breaker":5,"time":…,"reason":"answered 503"}
//     {"pause":"2026-11-23T16:02:11Z","time":…,"reason":"answered 429"}
//     {"event":{…},"outcome":"landed","time":…}
//     {"event":{…},"outcome":"reopened","time":…}
//     {"event":{…},"outcome":"gone","time":…,"deliveries":2,"reason":"delivered 2 times, and missing"}
//
// A version that adds a kind of record raises `version`, and is refused by all earlier ones.
import Files
import NDJSON

/// Remembers what became of each event, in a file or, without one, for this run alone.
public struct Journal: ~Copyable {
    /// What is known so far.
    public private(set) var history: History

    static let name = "replay"
    /// What every journal begins with.
    static let headStart = Array(#"{"journal":"\#(name)","#.utf8)
    static let version: Int64 = 1
    static let longestLine = 1 << 20
    /// So many damaged lines are reported one by one.
    static let mostFindings = 10

    private let rule: IdentityRule
    private let target: String?
    private var file: LockedFile?

    /// A journal that ends with the run.
    public init(rule: IdentityRule) {
        self.init(rule: rule, target: nil, file: nil)
    }

    /// Opens or creates the journal at `path`, locks it and reads it.
    ///
    /// - Parameters:
    ///   - rule: How events are told apart.
    ///   - target: Where they go; the journal is bound to it by its first delivery. Nil where nothing is sent.
    ///   - holder: What others read about this process while it holds the lock, on one line.
    ///   - report: Told about repairs and damage.
    public static func open(
        path: String, rule: IdentityRule, target: String?, holder: String, report: (JournalFinding) -> Void
    ) throws(JournalError) -> Journal {
        // What does not fit is found without making a file.
        let history = try History(journalAt: path, report: report)
        try History.check(history, path: path, rule: rule, target: target)
        var journal = Journal(rule: rule, target: target, file: try LockedFile(path: path, holder: holder))
        try journal.repair(path, report: report)
        journal.history = history
        // Under the lock nothing is added any more; another run may have done so just before.
        if journal.file?.sizeWhenLocked != history.bytesRead {
            journal.history = try History(journalAt: path, report: report)
            try History.check(journal.history, path: path, rule: rule, target: target)
        }
        return journal
    }

    private init(rule: IdentityRule, target: String?, file: consuming LockedFile?) {
        self.rule = rule
        self.target = target
        self.file = file
        history = History()
    }

    /// What the journal at `path` knows, to count with: nothing is locked, made or changed, nothing recorded in it.
    public static func rehearsal(
        path: String, rule: IdentityRule, target: String?, report: (JournalFinding) -> Void
    ) throws(JournalError) -> Journal {
        var journal = Journal(rule: rule)
        journal.history = try History(journalAt: path, report: report)
        try History.check(journal.history, path: path, rule: rule, target: target)
        return journal
    }

    /// What the process that has the journal at `path` open says about itself; nil when none has.
    public static func holder(path: String) throws(JournalError) -> String? {
        do { return try Lock.holder(at: lockPath(path)) } catch { throw .file(error) }
    }

    /// The lock file beside the journal at `path`.
    static func lockPath(_ path: String) -> String { path + ".lock" }

    /// Throws when what becomes of the next event could not be recorded, or not be found again: the disk is full, the file
    /// no longer where its path leads.
    mutating func prepare() throws(JournalError) {
        try file?.requireItsPlace()
        try file?.reserveRoom()
    }

    // MARK: Recording

    /// Settles `event`. Throws when the record may not be on disk.
    mutating func record(_ receipt: Receipt, of event: Event) throws(JournalError) {
        let mark = receipt.outcome.mark
        let newTarget = mark == .delivered && history.target == nil && file != nil ? target : nil
        if let newTarget { history.target = newTarget }
        try append { text in
            if let newTarget {
                text.object { text in
                    text.member("target", newTarget)
                    text.member("time", receipt.time)
                }
                text.endLine()
            }
            text.object { text in
                text.key("event")
                event.identity.write(to: &text)
                receipt.writeMembers(to: &text)
            }
        }
        history.note(mark, of: event.identity.fingerprint)
    }

    /// Notes that `event` was sent and got no answer, or that it used up its attempts in this run.
    mutating func record(
        _ setback: Setback, of event: Event, attempts: Int, _ reason: Reason, at time: Timestamp
    ) throws(JournalError) {
        try append { text in
            text.object { text in
                text.begin(setback.mark, event.identity, at: time)
                text.member("attempts", Int64(attempts))
                text.member("reason", reason.description)
            }
        }
        history.note(setback.mark, of: event.identity.fingerprint)
    }

    /// Takes back that `event` is settled; or gives it up, after as many deliveries as are allowed.
    mutating func record(_ change: Change, of event: Event, at time: Timestamp) throws(JournalError) {
        try note(change, of: event, at: time)
        try sync()
    }

    /// Notes that `event` was found where it was to go; on disk when `sync` returns.
    mutating func recordLanding(of event: Event, at time: Timestamp) throws(JournalError) {
        try note(.landed, of: event, at: time)
    }

    private mutating func note(_ change: Change, of event: Event, at time: Timestamp) throws(JournalError) {
        try write { text in
            text.object { change.write(event.identity, at: time, to: &$0) }
        }
        history.note(change.mark, of: event.identity.fingerprint)
    }

    /// Notes that so many events in a row used up their attempts: it was the service, not they.
    mutating func recordBreaker(after events: Int, _ reason: Reason, at time: Timestamp) throws(JournalError) {
        try append { text in
            text.object { text in
                text.member("breaker", Int64(events))
                text.member("time", time)
                text.member("reason", reason.description)
            }
        }
        history.openBreaker()
    }

    /// Notes that the other side wants to be left alone until `end`.
    mutating func recordPause(until end: Timestamp, _ reason: Reason, at time: Timestamp) throws(JournalError) {
        try append { text in
            text.object { text in
                text.member("pause", end)
                text.member("time", time)
                text.member("reason", reason.description)
            }
        }
        history.lastPause = History.Pause(end: end, reason: Excerpt(reason.description))
    }

    /// Notes that `event` was met in this run's input; on disk it leaves no trace.
    mutating func meet(_ event: Event) { history.meet(event.identity) }

    /// Appends the lines of `body`, and waits until they are on disk.
    private mutating func append(_ body: (inout JSONText) -> Void) throws(JournalError) {
        try write(body)
        try sync()
    }

    /// Waits until everything is on disk.
    mutating func sync() throws(JournalError) {
        do { try file?.contents.sync() } catch { throw .file(error) }
    }

    /// Appends the lines of `body`, the head before the first ones, by one write.
    private mutating func write(_ body: (inout JSONText) -> Void) throws(JournalError) {
        guard file != nil else { return }
        var text = JSONText()
        // Written with the first record, so that a run that settles nothing leaves no key behind to disagree with.
        if history.rule == nil {
            text.object { text in
                text.member("journal", Journal.name)
                text.member("version", Journal.version)
                text.member("key", rule.name)
            }
            text.endLine()
        }
        body(&text)
        text.endLine()
        do {
            try file?.contents.append(text.bytes)
        } catch {
            throw .file(error)
        }
        history.rule = rule
    }
}

extension Journal {
    /// Makes the last line complete, or removes it.
    private mutating func repair(_ path: String, report: (JournalFinding) -> Void) throws(JournalError) {
        do throws(FileError) {
            guard let number = file?.contents.number, let size = file?.sizeWhenLocked else { return }
            switch try Journal.tail(of: number, size: size, path: path) {
            case .none: break
            case .whole:
                try file?.contents.append([UInt8(ascii: "\n")])
                report(.lineCompleted)
            case .torn(let start, let bytes):
                try file?.contents.truncate(to: start)
                report(.tornLineRemoved(bytes: bytes))
            }
            // The name too: a run before this one may have died between creating the file and its first record.
            try file?.contents.sync()
        } catch {
            throw .file(error)
        }
    }
}

extension History {
    /// Throws unless the journal is for these events and this target.
    fileprivate static func check(
        _ history: History, path: String, rule: IdentityRule, target: String?
    ) throws(JournalError) {
        if let bound = history.rule, bound != rule {
            throw .otherKey(path: path, Excerpt(bound.name), asked: rule.name)
        }
        if let bound = history.target, let target, bound != target {
            throw .otherTarget(path: path, Excerpt(bound), asked: target)
        }
    }
}

/// How an event did not come through, and still may.
enum Setback {
    case unanswered, exhausted

    fileprivate var mark: Mark {
        switch self {
        case .unanswered: .unanswered
        case .exhausted: .exhausted
        }
    }
}

extension JSONText {
    /// The members that every record of an event begins with.
    mutating func begin(_ mark: Mark, _ identity: Identity, at time: Timestamp) {
        key("event")
        identity.write(to: &self)
        member("outcome", mark.outcome)
        member("time", time)
    }
}

extension Outcome {
    /// What the journal says of it.
    fileprivate var mark: Mark {
        switch self {
        case .delivered: .delivered
        case .failed(.usedUp): .failed(isAnswer: false)
        case .failed: .failed(isAnswer: true)
        }
    }
}
