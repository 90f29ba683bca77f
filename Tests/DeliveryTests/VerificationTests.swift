import Foundation
import NDJSON
import TestServer
import TestSupport
import Testing

@testable import Delivery

/// What follows when delivered events were looked for: landed, sent again, given up, or nothing at all.
@Suite struct VerificationTests {
    private let run: DeliveryRun
    private let server = ScriptedServer { _ in [.answer(201)] }
    private static let start: Int64 = 1_700_000_100
    private static let day: Int64 = 86_400

    init() throws {
        run = try DeliveryRun()
    }

    private func deliver(_ ids: ClosedRange<Int>, day: Int64 = 0) throws {
        _ = try run(ids.map { event($0) }, to: server) {
            $0.rate = "1000"
            $0.now = VerificationTests.start + day * VerificationTests.day
        }
    }

    /// All events that are delivered are looked for, on that day, and those ids are missing.
    private func verify(
        missing: [Int], day: Int64 = 1, _ change: (inout Verification.Terms) throws -> Void = { _ in }
    ) throws -> (finding: Verification.Finding, decided: Bool, lines: [String]) {
        try verify(missing: missing, lookedUp: report(), day: day, change)
    }

    /// The path of a file with all that is delivered.
    private func report() throws -> String {
        let path = run.folder.url.appendingPathComponent("looked-up").path
        var lookedUp = ""
        try JournalExtract(journalAt: run.journalPath, of: .delivered, until: nil, report: { _ in }).forEach {
            lookedUp += String(decoding: $0.bytes, as: UTF8.self) + "\n"
        }
        try lookedUp.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func verify(
        missing: [Int], lookedUp path: String, day: Int64,
        _ change: (inout Verification.Terms) throws -> Void = { _ in }
    ) throws -> (finding: Verification.Finding, decided: Bool, lines: [String]) {
        var edge = VirtualEdge(missing.map { event($0) }.joined(separator: "\n"))
        edge.start = VerificationTests.start + day * VerificationTests.day
        let journal = try Journal.open(
            path: run.journalPath, rule: .webhook, target: nil, holder: "test", report: { _ in })
        var terms = Verification.Terms()
        try change(&terms)
        var verification = Verification(journal, rule: .webhook, terms: terms)
        let decided = try verification.run(journalAt: run.journalPath, lookedUp: path, &edge)
        return (verification.finding, decided, edge.results)
    }

    /// Ids of the events that are there.
    private func ids(_ settlement: Settlement) throws -> [Int] {
        var ids: [Int] = []
        try JournalExtract(journalAt: run.journalPath, of: settlement, until: nil, report: { _ in }).forEach { record in
            ids.append(Int(try #require(record["event"]?["object_id"]?.integer)))
        }
        return ids
    }

    @Test func `what was found has landed, and what is missing is sent again`() throws {
        try deliver(1...20)
        let seen = try verify(missing: [7, 8])
        #expect("\(seen.finding)" == "20 looked up: 18 landed, 2 reopened, 0 gone")
        #expect(seen.lines.count == 2)
        #expect(try ids(.landed) == Array(1...6) + Array(9...20))
        #expect(try ids(.pending) == [7, 8])
        #expect(try ids(.delivered) == [])
    }

    @Test func `what landed is looked up once, and not sent again`() throws {
        try deliver(1...20)
        _ = try verify(missing: [7])
        try deliver(1...20, day: 1)
        #expect(server.requests.count == 21)
        #expect("\(try verify(missing: [], day: 2).finding)" == "1 looked up: 1 landed, 0 reopened, 0 gone")
    }

    @Test func `what is missing after two deliveries is gone, when something that was delivered with it has landed`()
        throws
    {
        try deliver(1...20)
        _ = try verify(missing: [7, 8])
        try deliver(1...20, day: 1)
        let seen = try verify(missing: [7], day: 2)
        #expect("\(seen.finding)" == "2 looked up: 1 landed, 0 reopened, 1 gone")
        #expect(seen.lines[0].hasSuffix(#""deliveries":2,"reason":"delivered 2 times, and missing"}"#))
        #expect(try ids(.gone) == [7])
        let after = try run((1...20).map { event($0) }, to: server).summary
        #expect(
            after.description == "20 read: 0 delivered, 0 failed, 19 already settled, 1 gone, 0 rejected, 0 pending")
    }

    @Test func `how many deliveries there are is for the caller to say`() throws {
        try deliver(1...20)
        #expect(try verify(missing: [7]) { $0.mostDeliveries = 1 }.finding.gone == 1)
        #expect(try ids(.gone) == [7])
    }

    /// The pipeline is down: nothing comes through, the second deliveries as little as anything else.
    @Test func `what is missing is not given up while nothing delivered later has landed`() throws {
        try deliver(1...20)
        _ = try verify(missing: [7, 8])
        try deliver(1...20, day: 1)
        #expect("\(try verify(missing: [7, 8], day: 2).finding)" == "2 looked up: 0 landed, 0 reopened, 0 gone, 2 held")
        #expect(try ids(.delivered) == [7, 8])
        try deliver(21...40, day: 2)
        #expect("\(try verify(missing: [7], day: 3).finding)" == "22 looked up: 21 landed, 0 reopened, 1 gone")
    }

    @Test func `a week after its last delivery nothing is on its way any more`() throws {
        try deliver(1...20)
        _ = try verify(missing: [7])
        try deliver(1...20, day: 1)
        #expect(try verify(missing: [7], day: 7).finding.held == 1)
        #expect(try verify(missing: [7], day: 8).finding.gone == 1)
    }

    @Test func `when less than nine of ten landed, nothing changes`() throws {
        try deliver(1...50)
        let before = run.journalPath.fileContents
        let seen = try verify(missing: Array(1...12))
        #expect(!seen.decided)
        #expect(seen.lines == [])
        #expect(run.journalPath.fileContents == before)
        #expect(try verify(missing: Array(1...11)).decided)
    }

    /// Of n events of which a share p may be missing, np + 3 √np(1-p) may be, as chance has it.
    @Test(arguments: [
        ("90%", 40, 9, true), ("90%", 40, 10, false), ("90%", 400, 58, true), ("90%", 400, 59, false),
        ("90%", 10_000, 1090, true), ("90%", 10_000, 1091, false), ("50%", 50, 35, true), ("50%", 50, 36, false),
        ("0%", 50, 50, true), ("100%", 50, 0, true), ("100%", 50, 1, false),
    ])
    func `a share is reached, chance aside`(least: String, whole: Int, missing: Int, isReached: Bool) throws {
        #expect(try Percentage(least).isReached(by: whole - missing, of: whole, within: 3) == isReached)
    }

    @Test func `how much has to have landed is for the caller to say`() throws {
        try deliver(1...50)
        #expect(try !verify(missing: Array(1...12)) { $0.leastLanded = try Percentage("90%") }.decided)
        #expect(try verify(missing: Array(1...12)) { $0.leastLanded = try Percentage("80%") }.decided)
    }

    @Test func `what is sent once more tells of itself, not of the pipeline`() throws {
        try deliver(1...60)
        _ = try verify(missing: Array(1...6))
        try deliver(1...60, day: 1)
        #expect("\(try verify(missing: Array(1...5), day: 2).finding)" == "6 looked up: 1 landed, 0 reopened, 5 gone")
    }

    @Test func `of few events one that is missing says nothing about the pipeline`() throws {
        try deliver(1...4)
        #expect(try verify(missing: Array(1...4)).finding.reopened == 4)
    }

    @Test func `where an event is missing that was not looked for, nothing changes`() throws {
        try deliver(1...20)
        #expect(throws: LookedUpError.notLookedUp(1)) { try verify(missing: [3, 99]) }
        #expect(try ids(.delivered).count == 20)
    }

    /// Cut off, it might have said that one more is missing.
    @Test func `where a line of what is missing is bad, nothing changes`() throws {
        try deliver(1...20)
        let path = try report()
        var edge = VirtualEdge(event(3) + "\n" + event(4).prefix(60))
        var verification = Verification(
            try Journal.open(path: run.journalPath, rule: .webhook, target: nil, holder: "test", report: { _ in }),
            rule: .webhook, terms: Verification.Terms())
        #expect(throws: LookedUpError.badLines(1)) {
            try verification.run(journalAt: run.journalPath, lookedUp: path, &edge)
        }
        #expect(try ids(.delivered).count == 20)
    }

    @Test func `what was delivered again since it was looked up is passed over`() throws {
        try deliver(1...20)
        _ = try verify(missing: [7])
        try deliver(7...7, day: 1)
        let path = try report()
        // Somebody was quicker: reopened once more, and delivered.
        try run.reopen([event(7)], mostDeliveries: 9)
        try deliver(7...7, day: 2)
        #expect(
            "\(try verify(missing: [7], lookedUp: path, day: 3).finding)"
                == "0 looked up: 0 landed, 0 reopened, 0 gone, 1 no longer as the checkpoint has them")
        #expect("\(try verify(missing: [], lookedUp: path, day: 3).finding)".hasPrefix("0 looked up: 0 landed"))
        #expect(try ids(.delivered) == [7])
    }

    @Test func `what stands twice is counted once`() throws {
        try deliver(1...10)
        let path = try report()
        let twice = path.fileContents + path.fileContents
        try twice.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
            "\(try verify(missing: [1, 2, 3, 4], lookedUp: path, day: 1).finding)"
                == "10 looked up: 6 landed, 4 reopened, 0 gone")
    }

    /// Its place in the journal is what tells when it was delivered; a clock may have been wrong.
    @Test func `what landed and was delivered before says nothing about what came after`() throws {
        try deliver(1...20, day: 5)
        _ = try verify(missing: [7, 8], day: 5)
        try deliver(1...20, day: 1)
        #expect("\(try verify(missing: [8], day: 2).finding)" == "2 looked up: 1 landed, 0 reopened, 0 gone, 1 held")
    }

    @Test func `what has landed is no reason to think that our format is wrong`() throws {
        try deliver(1...5)
        _ = try verify(missing: [])
        let refusing = ScriptedServer { _ in [.answer(422)] }
        let seen = try run((6...9).map { event($0) }, to: refusing)
        #expect(seen.ending == .finished)
        #expect(seen.summary.failed == 4)
    }

    @Test func `what the journal does not have is not decided on`() throws {
        try deliver(1...2)
        let path = run.folder.url.appendingPathComponent("by hand").path
        try (event(1) + "\n" + event(99) + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try verify(missing: [], lookedUp: path, day: 1).finding.stale == 2)
        #expect(try ids(.delivered) == [1, 2])
    }

    @Test func `what landed and is missing all the same may be reopened by hand`() throws {
        try deliver(1...20)
        _ = try verify(missing: [])
        try run.reopen([event(3)], mostDeliveries: 2)
        #expect(try ids(.pending) == [3])
    }

    @Test(arguments: ["x", "{}"])
    func `a file that holds something else decides nothing`(line: String) throws {
        try deliver(1...2)
        let path = run.folder.url.appendingPathComponent("other").path
        try (event(1) + "\n" + line + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let before = run.journalPath.fileContents
        #expect(throws: LookedUpError.self) { try verify(missing: [], lookedUp: path, day: 1) }
        #expect(throws: LookedUpError.absent(path: path + "2")) {
            try verify(missing: [], lookedUp: path + "2", day: 1)
        }
        #expect(run.journalPath.fileContents == before)
    }
}
