import Files
import Foundation
import NDJSON
import Synchronization
import TestServer
import Testing

@testable import Delivery

/// What a run may spend, and what it does when that is spent.
@Suite struct DelivererQuotaTests {
    private let run: DeliveryRun
    /// 2026-11-24T14:07:00Z: eight minutes before a window's end.
    private static let now: Int64 = 1_795_529_220

    init() throws {
        run = try DeliveryRun()
    }

    private func budget(_ quotas: String..., cost: Int = 2, reserve: String = "0%") throws -> Budget {
        try Budget(quotas.map { try Quota($0) }, cost: cost, reserve: try Reserve(reserve))
    }

    private var charges: [Int] {
        run.ledgerPath.fileContents.split(separator: "\n").dropFirst().compactMap { line in
            line.split(separator: #""charge":"#).last.flatMap { Int($0.prefix { $0 != "," }) }
        }
    }

    // MARK: Charges

    @Test func `an attempt is charged before it leaves`() throws {
        let path = run.ledgerPath
        let seen = Counter()
        let server = ScriptedServer { _ in
            let charged = path.fileContents.split(separator: "\n").count - 1
            return seen.next() == charged ? [.answer(201)] : [.answer(422, "not charged")]
        }
        let done = try run((1...5).map { event($0) }, to: server) { $0.budget = try? budget("100/15m") }
        #expect(done.summary == summary(delivered: 5))
        #expect(charges == [2, 2, 2, 2, 2])
    }

    @Test func `a retry is charged too`() throws {
        let server = ScriptedServer(scripts: [[.answer(503)], [.close], [.answer(201)]])
        let seen = try run([event(1)], to: server) { $0.budget = try? budget("100/15m") }
        #expect(seen.summary == summary(delivered: 1))
        #expect(charges == [2, 2, 2])
    }

    @Test func `a connection that was never made is taken back`() throws {
        let port = RefusingPort()
        let seen = try run([event(1)], to: "http://127.0.0.1:\(port.port)/") { setup in
            setup.limits.attempts = 3
            // Room for one attempt.
            setup.budget = try? budget("2/15m")
        }
        #expect(seen.summary == summary(pending: 1))
        #expect(charges == [2, -2, 2, -2, 2, -2])
    }

    @Test func `a charge is taken back when the run ends before anything is sent`() throws {
        struct NoToken: Error {}
        #expect(throws: NoToken.self) {
            _ = try run([event(1)], to: ScriptedServer()) { setup in
                setup.budget = try? budget("100/15m")
                setup.trouble = NoToken()
            }
        }
        #expect(charges == [2, -2])
    }

    // MARK: Spent

    @Test func `a spent window ends the run, and says when to come back`() throws {
        let server = ScriptedServer()
        let seen = try run((1...9).map { event($0) }, to: server) { setup in
            setup.now = Self.now
            setup.budget = try? budget("10/15m", reserve: "20%")
            setup.countsRest = true
        }
        #expect(seen.ending == .quotaSpent(until: moment(Self.now + 480)))
        #expect(seen.summary == summary(delivered: 4, pending: 5))
        #expect(server.requests.count == 4)
    }

    @Test func `the last event that a quota pays for is not followed by a wait`() throws {
        let server = ScriptedServer()
        let seen = try run((1...4).map { event($0) }, to: server) { $0.budget = try? budget("8/15m") }
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 4))
    }

    @Test func `nothing is sent in the last half minute of a window`() throws {
        let server = ScriptedServer()
        let seen = try run([event(1)], to: server) { setup in
            setup.now = Self.now + 451
            setup.budget = try? budget("100/15m")
        }
        #expect(seen.ending == .quotaSpent(until: moment(Self.now + 480)))
        #expect(server.requests.isEmpty)
    }

    @Test func `who waits goes on in the next window, in steps that notice a clock that is set`() throws {
        let server = ScriptedServer()
        let seen = try run((1...3).map { event($0) }, to: server) { setup in
            setup.now = Self.now
            setup.budget = try? budget("4/15m")
            setup.limits.waitsForQuota = true
        }
        #expect(seen.summary == summary(delivered: 3))
        #expect(seen.end == moment(Self.now + 480))
        #expect(seen.waits.allSatisfy { $0 <= .seconds(20) })
        #expect(seen.news.contains(.waiting(until: moment(Self.now + 480))))
    }

    @Test func `no window is waited for that opens after the end of the run`() throws {
        let server = ScriptedServer()
        let seen = try run((1...3).map { event($0) }, to: server) { setup in
            setup.now = Self.now
            setup.budget = try? budget("4/15m")
            setup.limits.waitsForQuota = true
            setup.limits.deadline = .seconds(100 + 300)
        }
        #expect(seen.ending == .quotaSpent(until: moment(Self.now + 480)))
        #expect(seen.waits.reduce(.zero, +) < .seconds(5))
    }

    @Test func `after a wait for a window nothing leaves in a burst`() throws {
        let server = ScriptedServer()
        let seen = try run((1...4).map { event($0) }, to: server) { setup in
            setup.now = Self.now
            setup.budget = try? budget("4/15m")
            setup.limits.waitsForQuota = true
        }
        // The second one in the new window comes an interval after the first.
        #expect(seen.waits.last == .milliseconds(500))
    }

    @Test func `a ledger that another run does not let go of ends this one`() throws {
        let server = ScriptedServer()
        _ = try run([event(1)], to: server) { $0.budget = try? budget("100/15m") }
        let other = try AppendFile(path: run.ledgerPath)
        try other.lock()
        let seen = try run([event(2)], to: server) { $0.budget = try? budget("100/15m") }
        try other.unlock()
        #expect(seen.ending == .ledgerBusy)
        #expect(seen.summary == summary(pending: 1))
        #expect(seen.waits.reduce(.zero, +) == .seconds(30))
    }

    // MARK: Weeks of it

    /// What cron does: a run every quarter of an hour, until nothing is left.
    private func weeks(
        _ lines: [String], to server: ScriptedServer, budget: Budget,
        clock: (Int64) -> Int64 = { $0 }, isUp: (Int64) -> Bool = { _ in true }
    ) throws -> (runs: Int, end: Int64) {
        var time = Self.now
        let down = RefusingPort()
        for round in 1...5000 {
            let shown = clock(time)
            let seen = try run(lines, to: isUp(time) ? server.url("/") : "http://127.0.0.1:\(down.port)/") { setup in
                setup.now = shown
                setup.budget = budget
                setup.limits.attempts = 2
            }
            if seen.ending == .finished, seen.summary.pending == 0 { return (round, time) }
            time += 900
        }
        Issue.record("not done")
        return (0, 0)
    }

    /// The calls in each window of so many seconds, by the times in the ledger.
    private func calls(every seconds: Int64) throws -> [Int64: Int] {
        var calls: [Int64: Int] = [:]
        for line in run.ledgerPath.fileContents.split(separator: "\n").dropFirst() {
            let record = try Fields(parsing: Array(line.utf8), at: FieldPaths(["time", "charge"]))
            let time = try #require(record[0]?.string.flatMap { Timestamp(text: $0.utf8) })
            calls[time.unixSeconds / seconds, default: 0] += Int(try #require(record[1]?.integer))
        }
        return calls
    }

    private enum Weather: CaseIterable {
        case fair, aClockThatIsSetBackAnHour, aDayOfOutage
    }

    @Test(arguments: Weather.allCases)
    private func `days of cron send each event once, and never more than the quotas allow`(weather: Weather) throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let lines = (1...60).map { event($0) }
        // 4 events every quarter of an hour, 16 a day.
        let budget = try budget("10/15m", "40/1d", reserve: "20%")
        let midnight = (Self.now / 86_400 + 1) * 86_400
        let (runs, end) = try weeks(
            lines, to: server, budget: budget,
            clock: { weather == .aClockThatIsSetBackAnHour && $0 > midnight ? $0 - 3600 : $0 },
            isUp: { weather != .aDayOfOutage || !(midnight..<midnight + 86_400).contains($0) })
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == lines)
        #expect(try calls(every: 900).values.max() == 8)
        #expect(try calls(every: 86_400).values.max() == 32)
        // 16 on the first afternoon, then 16, 16, 12: over on the fourth day, with an outage one day later.
        let days = (end / 86_400) - (Self.now / 86_400)
        #expect(days == (weather == .aDayOfOutage ? 4 : 3), "\(runs) runs, \(days) days")
    }
}

/// Counts calls, on whatever thread they come.
private final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
