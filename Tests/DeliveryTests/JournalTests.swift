import Files
import Foundation
import HTTP
import NDJSON
import TestSupport
import Testing

@testable import Delivery

@Suite struct JournalTests {
    private let folder: TemporaryFolder
    private let path: String
    private let time = moment(1_700_000_000)

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("journal").path
    }

    private func open(
        _ target: String = "prod", rule: IdentityRule = .webhook, path: String? = nil,
        report: (JournalFinding) -> Void = { _ in }
    ) throws -> Journal {
        try Journal.open(
            path: path ?? self.path, rule: rule, target: target, holder: "process 1", report: report)
    }

    private func deliver(_ ids: Int..., to target: String = "prod") throws {
        var journal = try open(target)
        for id in ids {
            try withEvents(event(id)) { try journal.record(receipt(.delivered(status: 201)), of: $0) }
        }
    }

    private func receipt(_ outcome: Outcome) -> Receipt { Receipt(outcome: outcome, time: time, attempts: 1) }

    /// Which of the events 1 to 9 the journal knows as delivered; opening it repairs it.
    private func delivered(_ report: (JournalFinding) -> Void = { _ in }) throws -> [Int] {
        let journal = try open(report: report)
        return try ids(settled: .delivered, in: journal.history)
    }

    private func ids(settled: Settlement, in history: History) throws -> [Int] {
        try (1...9).filter { id in
            var isSo = false
            try withEvents(event(id)) { isSo = history.state(of: $0.identity).settlement == settled }
            return isSo
        }
    }

    // MARK: What it looks like

    @Test func `a person can read it`() throws {
        var journal = try open()
        try withEvents(event(101)) { event in
            try journal.record(.exhausted, of: event, attempts: 5, .answered(status: 503, Excerpt("")), at: time)
            try journal.recordBreaker(after: 5, .answered(status: 503, Excerpt("")), at: time)
            try journal.record(receipt(.delivered(status: 201)), of: event)
        }
        try withEvents(event(102)) { event in
            try journal.record(receipt(.failed(.answered(status: 422, Excerpt("no")))), of: event)
        }
        let identity = #"{"object_type":"activity","object_id":101,"aspect_type":"create"}"#
        let at = #""time":"2023-11-14T22:13:20Z""#
        #expect(
            path.fileContents == """
                {"journal":"replay","version":1,"key":"webhook"}
                {"event":\(identity),"outcome":"exhausted",\(at),"attempts":5,"reason":"answered 503"}
                {"breaker":5,\(at),"reason":"answered 503"}
                {"target":"prod",\(at)}
                {"event":\(identity),"outcome":"delivered",\(at),"status":201,"attempts":1}
                {"event":\(identity.replacing("101", with: "102")),"outcome":"failed",\(at),"status":422,"attempts":1,"reason":"answered 422: no"}

                """)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `what was recorded is known to the next run`() throws {
        try deliver(1, 3)
        #expect(try delivered() == [1, 3])
        try deliver(2)
        #expect(try delivered() == [1, 2, 3])
    }

    @Test func `a journal without a file forgets with its run`() throws {
        var journal = Journal(rule: .webhook)
        try withEvents(event(1)) { try journal.record(receipt(.delivered(status: 200)), of: $0) }
        #expect(try ids(settled: .delivered, in: journal.history) == [1])
    }

    @Test func `a result line is a record too`() throws {
        try deliver(1)
        let line = #"{"event":\#(event(2)),"outcome":"delivered","time":"2024-01-01T00:00:00Z"}"# + "\n"
        try (path.fileContents + line).write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try delivered() == [1, 2])
    }

    // MARK: Crashes

    @Test func `a line torn at any byte is repaired, and nothing before it is lost`() throws {
        try deliver(1, 2)
        let whole = Array(path.fileContents.utf8)
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        for count in 0...whole.count {
            try Data(whole[..<count]).write(to: URL(fileURLWithPath: path))
            var findings: [JournalFinding] = []
            var known: [Int] = []
            do {
                // What this run appends comes right behind what it repaired.
                var journal = try open { findings.append($0) }
                known = try ids(settled: .delivered, in: journal.history)
                try withEvents(event(3)) { try journal.record(receipt(.delivered(status: 201)), of: $0) }
            }
            // The records are lines 3 and 4; a line that lacks only its end counts.
            let lines = ends.count { $0 <= count }
            #expect(known == [[], [], [], [1], [1, 2]][lines], "cut to \(count) bytes")
            let isBetween = count == 0 || whole[count - 1] == UInt8(ascii: "\n")
            #expect(findings.isEmpty == isBetween, "cut to \(count) bytes: \(findings)")
            #expect(try delivered { Issue.record("\($0)") } == known + [3], "cut to \(count) bytes")
        }
    }

    @Test func `what another run adds just before the lock is known`() throws {
        try deliver(1, 2)
        let lines = path.fileContents.split(separator: "\n", omittingEmptySubsequences: true).map { $0 + "\n" }
        try (lines[...2].joined() + "damage\n").write(toFile: path, atomically: false, encoding: .utf8)
        var added = false
        let known = try delivered { _ in
            // It is told of the damage before the journal is locked.
            guard !added else { return }
            added = true
            let handle = FileHandle(forWritingAtPath: path)
            _ = try? handle?.seekToEnd()
            try? handle?.write(contentsOf: Data(lines[3].utf8.dropLast()))
            try? handle?.close()
        }
        #expect(known == [1, 2])
        try deliver(3)
        #expect(try delivered() == [1, 2, 3])
    }

    @Test func `zeros where the disk lost the first write are no journal yet`() throws {
        try Data(repeating: 0, count: 500).write(to: URL(fileURLWithPath: path))
        var findings: [JournalFinding] = []
        #expect(try delivered { findings.append($0) } == [])
        #expect(findings == [.tornLineRemoved(bytes: 500)])
    }

    @Test func `a reader does not mind the line that a run is writing, and repairs nothing`() throws {
        try deliver(1)
        let torn = path.fileContents + #"{"event":{"object_ty"#
        try torn.write(toFile: path, atomically: false, encoding: .utf8)
        let history = try History(journalAt: path) { Issue.record("\($0)") }
        #expect(try ids(settled: .delivered, in: history) == [1])
        #expect(path.fileContents == torn)
    }

    // MARK: Damage

    @Test(arguments: [
        "not json", #"{"event":{"object_type":"activity"},"outcome":"delivered"}"#, "{}", #"["delivered"]"#,
        #"{"event":{"object_type":"activity","object_id":2,"aspect_type":"create"},"outcome":"delivere"}"#,
        #"{"event":{"object_type":"activity","object_id":2,"aspect_type":"create"}}"#,
        String(repeating: "\0", count: 4096), String(repeating: "x", count: Journal.longestLine + 10),
    ])
    func `damage in the middle is reported and settles nothing`(damage: String) throws {
        try deliver(1, 2, 3)
        var lines = path.fileContents.split(separator: "\n").map(String.init)
        lines[3] = damage
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
        var findings: [JournalFinding] = []
        #expect(try delivered { findings.append($0) } == [1, 3])
        #expect(findings.count == 1)
        if case .damaged(line: 4, why: _)? = findings.first {} else { Issue.record("\(findings)") }
    }

    @Test func `many damaged lines are counted, not told one by one`() throws {
        try deliver(1)
        try (path.fileContents + String(repeating: "x\n", count: 25)).write(
            toFile: path, atomically: false, encoding: .utf8)
        var findings: [JournalFinding] = []
        #expect(try delivered { findings.append($0) } == [1])
        #expect(findings.count == 11)
        #expect(findings.last == .moreDamage(lines: 15))
    }

    // MARK: What does not fit

    @Test func `another target is refused, both are named, and nothing is changed`() throws {
        try deliver(1)
        let before = path.fileContents
        #expect(throws: JournalError.otherTarget(path: path, Excerpt("prod"), asked: "dev")) {
            _ = try open("dev").history
        }
        #expect(path.fileContents == before)
    }

    @Test func `a failure does not bind the journal to a target, the first delivery does`() throws {
        do {
            var journal = try open("wrong")
            try withEvents(event(1)) { event in
                try journal.record(receipt(.failed(.answered(status: 405, Excerpt("")))), of: event)
            }
        }
        try deliver(2)
        #expect(throws: JournalError.self) { _ = try open("wrong").history }
    }

    @Test func `another key is refused, whichever records there are`() throws {
        let rule = try IdentityRule(fields: "id")
        try deliver(1)
        #expect(throws: JournalError.otherKey(path: path, Excerpt("webhook"), asked: "id")) {
            _ = try open(rule: rule).history
        }
    }

    @Test func `a run that settled nothing leaves no key and no target behind`() throws {
        _ = try open("wrong", rule: IdentityRule(fields: "id")).history
        #expect(path.fileContents == "")
        try deliver(1)
    }

    @Test func `a later version is refused`() throws {
        let text = #"{"journal":"replay","version":2,"keys":["webhook"]}"# + "\n"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: JournalError.newerVersion(path: path, 2)) { _ = try open().history }
    }

    @Test(arguments: [
        "hello", "hello\n", #"{"id":1}"# + "\n", #"{"journal":"other","version":1,"key":"webhook"}"# + "\n",
    ])
    func `a file that is no journal is not touched`(text: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: JournalError.self) { _ = try open().history }
        #expect(path.fileContents == text)
        #expect(!FileManager.default.fileExists(atPath: Journal.lockPath(path)))
    }

    @Test(arguments: [#"{"event":{"object_ty"#, "  "])
    func `a damaged first line is no torn one, whatever is torn behind it`(end: String) throws {
        try deliver(1)
        let text = path.fileContents.replacing(#","version":1,"#, with: ",version,") + end
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: JournalError.self) { _ = try open().history }
        #expect(path.fileContents == text)
    }

    // MARK: The lock

    @Test func `a second run is told who holds the journal`() throws {
        let journal = try open()
        #expect(throws: JournalError.file(.locked(path: path, holder: "process 1"))) {
            _ = try open().history
        }
        _ = journal.history
    }

    @Test func `another name for the same file does not get around the lock`() throws {
        try deliver(1)
        let other = folder.url.appendingPathComponent("other").path
        try FileManager.default.linkItem(atPath: path, toPath: other)
        let journal = try open()
        #expect(throws: JournalError.file(.locked(path: other, holder: nil))) { _ = try open(path: other).history }
        _ = journal.history
    }

    // MARK: What is counted

    @Test func `settled and waiting events are counted, and the last trouble is kept`() throws {
        do {
            var journal = try open()
            try withEvents([1, 2, 3].map { event($0) }.joined(separator: "\n")) { event in
                switch event.line.number {
                case 1: try journal.record(receipt(.delivered(status: 201)), of: event)
                case 2: try journal.record(receipt(.failed(.answered(status: 422, Excerpt("no")))), of: event)
                default:
                    try journal.record(
                        .exhausted, of: event, attempts: 5, .answered(status: 500, Excerpt("")), at: time)
                }
            }
        }
        let history = try History(journalAt: path) { _ in }
        #expect((history.delivered, history.failed, history.waiting) == (1, 1, 1))
        #expect(history.target == "prod")
        #expect(history.lastTrouble?.reason == Excerpt("answered 500"))
        #expect(history.lastTrouble?.time == Excerpt("2023-11-14T22:13:20Z"))
    }

    @Test func `when the breaker opened, the events before it are not to blame`() throws {
        var journal = try open()
        let reason = Reason.answered(status: 503, Excerpt(""))
        try withEvents([1, 2].map { event($0) }.joined(separator: "\n")) { failing in
            try journal.record(.exhausted, of: failing, attempts: 5, reason, at: time)
            if failing.line.number == 1 {
                try withEvents(event(3)) { try journal.record(receipt(.delivered(status: 201)), of: $0) }
            }
        }
        try journal.recordBreaker(after: 1, reason, at: time)
        let history = try History(journalAt: path) { _ in }
        var runs: [UInt8] = []
        try withEvents([1, 2].map { event($0) }.joined(separator: "\n")) { event in
            runs += [
                history.state(of: event.identity).exhaustedRuns,
                journal.history.state(of: event.identity).exhaustedRuns,
            ]
        }
        #expect(runs == [1, 1, 0, 0])
    }
}
