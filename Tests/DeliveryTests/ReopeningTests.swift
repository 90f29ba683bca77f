import Foundation
import NDJSON
import TestServer
import Testing

@testable import Delivery

/// The places where an event can stand, and how it gets from one to another.
@Suite struct ReopeningTests {
    private let run: DeliveryRun

    init() throws {
        run = try DeliveryRun()
    }

    private func reopen(
        _ lines: [String], mostDeliveries: Int = 2
    ) throws -> (summary: Reopening.Summary, lines: [String], reasons: [String]) {
        try run.reopen(lines, mostDeliveries: mostDeliveries)
    }

    /// Ids of the events that are there.
    private func ids(_ settlement: Settlement, until time: Timestamp? = nil) throws -> [Int] {
        var ids: [Int] = []
        try JournalExtract(journalAt: run.journalPath, of: settlement, until: time, report: { _ in }).forEach {
            record in
            ids.append(Int(try #require(record["event"]?["object_id"]?.integer)))
        }
        return ids
    }

    @Test func `what was delivered and is missing is sent once more, and then it is gone`() throws {
        let server = ScriptedServer()
        let lines = (1...3).map { event($0) }
        _ = try run(lines, to: server)
        let first = try reopen([event(2)])
        #expect(first.summary.description == "1 read: 1 reopened, 0 gone, 0 not delivered, 0 rejected")
        #expect(
            first.lines == [
                #"{"event":{"object_type":"activity","object_id":2,"aspect_type":"create"},"outcome":"reopened","time":"2023-11-14T22:15:00Z"}"#
            ])
        #expect(try ids(.pending) == [2])
        #expect(try run(lines, to: server).summary == summary(delivered: 1, settled: 2))
        #expect(try ids(.pending) == [])
        let second = try reopen([event(2)])
        #expect(second.summary.description == "1 read: 0 reopened, 1 gone, 0 not delivered, 0 rejected")
        #expect(second.lines[0].hasSuffix(#""deliveries":2,"reason":"delivered 2 times, and missing"}"#))
        #expect(try run(lines, to: server).summary == summary(settled: 2, gone: 1))
        #expect(try ids(.gone) == [2])
        #expect(try ids(.delivered) == [1, 3])
        #expect(server.requests.count == 4)
    }

    @Test func `results are taken as well as events, and other lines are named`() throws {
        let server = ScriptedServer()
        let seen = try run([event(1), event(2)], to: server)
        let records = run.journalPath.fileContents.split(separator: "\n").map(String.init)
        let reopened = try reopen([seen.results[0], records[3], "{}", "x"])
        #expect(reopened.summary.description == "4 read: 2 reopened, 0 gone, 0 not delivered, 2 rejected")
        #expect(reopened.reasons.map { $0.prefix(2) } == ["3:", "4:"])
    }

    @Test func `what was never delivered is left alone`() throws {
        let server = ScriptedServer(scripts: [[.answer(201)], [.answer(422)], [.answer(503)]])
        _ = try run((1...3).map { event($0) }, to: server) { $0.limits.attempts = 1 }
        let reopened = try reopen((2...5).map { event($0) })
        #expect(reopened.summary.description == "4 read: 0 reopened, 0 gone, 4 not delivered, 0 rejected")
        #expect(reopened.lines.isEmpty)
        #expect(try ids(.failed) == [2])
        #expect(try ids(.pending) == [3])
    }

    @Test func `the same event twice is reopened once`() throws {
        _ = try run([event(1)], to: ScriptedServer())
        #expect(
            try reopen([event(1), event(1)]).summary.description
                == "2 read: 1 reopened, 0 gone, 1 not delivered, 0 rejected")
    }

    @Test func `what failed is taken up when somebody asks, and waits when that was in vain`() throws {
        let server = ScriptedServer(scripts: [[.answer(422)], [.answer(503)], [.answer(201)]])
        _ = try run([event(1)], to: server)
        #expect(try ids(.failed) == [1])
        _ = try run([event(1)], to: server) { setup in
            setup.limits.retriesFailed = true
            setup.limits.attempts = 1
        }
        #expect(try ids(.failed) == [])
        #expect(try ids(.pending) == [1])
        #expect(try run([event(1)], to: server).summary == summary(delivered: 1))
        #expect(try ids(.pending) == [])
    }

    @Test func `of each event a report has its last record, as it stands, when it is old enough`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        _ = try run([event(1), event(2)], to: server)
        _ = try run([event(3)], to: server) { $0.now += 3600 }
        _ = try reopen([event(1)])
        _ = try run([event(1)], to: server) { $0.now += 3600 }
        #expect(try ids(.delivered) == [2, 3, 1])
        #expect(try ids(.delivered, until: moment(1_700_001_000)) == [2])
    }

    @Test func `a damaged line is in no report, and is told of`() throws {
        _ = try run([event(1), event(2)], to: ScriptedServer())
        let damaged = run.journalPath.fileContents.replacing(#""object_id":1,"#, with: #""object_id":-1,"#)
        try damaged.write(toFile: run.journalPath, atomically: false, encoding: .utf8)
        var findings: [JournalFinding] = []
        let extract = try JournalExtract(
            journalAt: run.journalPath, of: .delivered, until: nil, report: { findings.append($0) })
        #expect(extract.count == 1)
        #expect(findings.count == 1)
    }
}
