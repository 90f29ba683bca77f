import Files
import Foundation
import Glibc
import NDJSON
import TestSupport
import Testing

@testable import Delivery

@Suite struct LedgerTests {
    private let folder: TemporaryFolder
    private let path: String
    private let now = instant("2026-11-23T14:02:11Z")

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("ledger").path
    }

    private func open(_ budget: Budget? = nil, at now: Timestamp? = nil) throws -> Ledger {
        try Ledger.open(path: path, budget: budget ?? .usual(), target: "prod", at: now ?? self.now) {
            Issue.record("\($0)")
        }
    }

    private func later(_ seconds: Int64) -> Timestamp { moment(now.unixSeconds + seconds) }

    // MARK: What it looks like

    @Test func `it tells how far it is ahead of the clock`() throws {
        var ledger = try open()
        #expect(ledger.lead(at: now) == .zero)
        _ = try ledger.charge(at: now)
        #expect(ledger.lead(at: moment(now.unixSeconds - 90)) == .seconds(90))
        #expect(ledger.lead(at: moment(now.unixSeconds + 90)) == .zero)
    }

    @Test func `a person can read it`() throws {
        var ledger = try open()
        let charge = try #require(try ledger.charge(at: now).charge)
        try ledger.refund(charge)
        #expect(
            path.fileContents == """
                {"ledger":"replay","version":1}
                {"time":"2026-11-23T14:02:11Z","charge":2,"target":"prod"}
                {"time":"2026-11-23T14:02:11Z","charge":-2,"target":"prod"}

                """)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a charge is in the file when it is made`() throws {
        var ledger = try open()
        for count in 1...40 {
            #expect(try ledger.charge(at: now).charge != nil)
            #expect(charges(path).count == count)
        }
        #expect(try ledger.charge(at: now) == .spent(until: instant("2026-11-23T14:15:00Z")))
        #expect(charges(path).count == 40)
    }

    // MARK: What it allows

    @Test func `what was charged is known to the next run`() throws {
        do {
            var ledger = try open()
            for _ in 1...40 { _ = try ledger.charge(at: now) }
        }
        var ledger = try open()
        #expect(try ledger.charge(at: later(60)) == .spent(until: instant("2026-11-23T14:15:00Z")))
        #expect(try ledger.charge(at: instant("2026-11-23T14:15:00Z")).charge != nil)
    }

    @Test func `the wait is to the moment when all quotas agree`() throws {
        let budget = try Budget([Quota("1/15m"), Quota("2/1h"), Quota("3/1d")], guardSeconds: 30)
        var ledger = try open(budget)
        #expect(try ledger.charge(at: now).charge != nil)
        #expect(try ledger.charge(at: now) == .spent(until: instant("2026-11-23T14:15:00Z")))
        #expect(try ledger.charge(at: instant("2026-11-23T14:15:00Z")).charge != nil)
        #expect(
            try ledger.charge(at: instant("2026-11-23T14:16:00Z")) == .spent(until: instant("2026-11-23T15:00:00Z")))
        #expect(try ledger.charge(at: instant("2026-11-23T15:00:00Z")).charge != nil)
        #expect(
            try ledger.charge(at: instant("2026-11-23T15:01:00Z")) == .spent(until: instant("2026-11-24T00:00:00Z")))
    }

    @Test func `nothing is charged in the last seconds of a window`() throws {
        var ledger = try open()
        #expect(try ledger.charge(at: instant("2026-11-23T14:14:29.999999Z")).charge != nil)
        #expect(
            try ledger.charge(at: instant("2026-11-23T14:14:30Z")) == .spent(until: instant("2026-11-23T14:15:00Z")))
        #expect(ledger.opening(at: instant("2026-11-23T14:14:59Z")) == instant("2026-11-23T14:15:00Z"))
    }

    @Test func `a window that midnight cuts to less than the guard is passed over`() throws {
        let budget = try Budget([Quota("10/7m")], guardSeconds: 301)
        let ledger = try open(budget)
        #expect(ledger.opening(at: instant("2026-11-23T23:54:00Z")) == instant("2026-11-24T00:00:00Z"))
    }

    // MARK: The clock

    @Test func `a clock that was set back counts as the last charge's time until it has passed it`() throws {
        var ledger = try open()
        for _ in 1...39 { _ = try ledger.charge(at: now) }
        #expect(try ledger.charge(at: later(-3600)).charge?.time == now.unixSeconds)
        #expect(try ledger.charge(at: later(-3600)) == .spent(until: instant("2026-11-23T14:15:00Z")))
        #expect(charges(path).allSatisfy { $0.time == now })
    }

    @Test func `a clock that was set back does not keep from charging`() throws {
        var ledger = try open()
        _ = try ledger.charge(at: now)
        #expect(ledger.opening(at: later(-3600)) == later(-3600))
    }

    @Test func `a ledger ahead of the clock by more than a day is refused everywhere`() throws {
        var ledger = try open()
        _ = try ledger.charge(at: now)
        _ = try ledger.charge(at: later(-86_400))
        let early = later(-86_401)
        let error = LedgerError.ahead(path: path, last: now, now: early)
        #expect(throws: error) { try ledger.charge(at: early) }
        #expect(throws: error) { _ = try open(at: early).path }
        #expect(throws: error) { _ = try Ledger.rehearsal(path: path, budget: .usual(), at: early).path }
        #expect(charges(path).count == 2)
    }

    // MARK: Refunds

    @Test func `a refund gives back what was charged, once`() throws {
        var ledger = try open()
        for _ in 1...39 { _ = try ledger.charge(at: now) }
        let charge = try #require(try ledger.charge(at: now).charge)
        for _ in 1...3 { try ledger.refund(charge) }
        #expect(ledger.standing(at: now).map(\.eventsLeft) == [1, 361])
        var next = try open()
        #expect(try next.charge(at: now).charge != nil)
        #expect(try next.charge(at: now).charge == nil)
    }

    @Test func `a refund of a window that is over gives back only what is still counted`() throws {
        var ledger = try open()
        let charge = try #require(try ledger.charge(at: now).charge)
        do {
            var other = try open(at: instant("2026-11-23T14:16:00Z"))
            _ = try other.charge(at: instant("2026-11-23T14:16:00Z"))
        }
        try ledger.refund(charge)
        #expect(ledger.standing(at: instant("2026-11-23T14:16:00Z")).map(\.used) == [2, 2])
    }

    @Test func `a refund waits while another run holds the file, and is not lost`() throws {
        var ledger = try open()
        let charge = try #require(try ledger.charge(at: now).charge)
        do {
            let other = try AppendFile(path: path)
            try other.lock()
            try ledger.refund(charge)
            #expect(try !ledger.settle())
            #expect(try ledger.charge(at: now) == .busy)
            try other.unlock()
        }
        #expect(charges(path).map(\.calls) == [2])
        _ = try ledger.charge(at: now)
        #expect(charges(path).map(\.calls) == [2, -2, 2])
        #expect(try ledger.settle())
        #expect(charges(path).map(\.calls) == [2, -2, 2])
    }

    // MARK: Looking at it

    @Test func `each quota says where it stands`() throws {
        var ledger = try open()
        for _ in 1...3 { _ = try ledger.charge(at: now) }
        let standing = ledger.standing(at: now)
        #expect(standing.map(\.quota.description) == ["100/15m", "1000/1d"])
        #expect(standing.map(\.used) == [6, 6])
        #expect(standing.map(\.usable) == [80, 800])
        #expect(standing.map(\.eventsLeft) == [37, 397])
        #expect(ledger.standing(at: later(900)).map(\.used) == [0, 6])
    }

    @Test func `what other runs charge is seen when it is looked for`() throws {
        var ledger = try open()
        var other = try open()
        _ = try other.charge(at: now)
        #expect(ledger.standing(at: now).map(\.used) == [0, 0])
        try ledger.refresh(at: now)
        #expect(ledger.standing(at: now).map(\.used) == [2, 2])
    }

    @Test func `a rehearsal makes no file, and counts as if`() throws {
        var ledger = try Ledger.rehearsal(path: path, budget: .usual(), at: now)
        for _ in 1...40 { _ = try ledger.charge(at: now) }
        #expect(try ledger.charge(at: now).charge == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a rehearsal of a ledger that is being written to changes nothing`() throws {
        var ledger = try open()
        _ = try ledger.charge(at: now)
        let torn = path.fileContents + #"{"time":"2026-11-23T14:0"#
        try torn.write(toFile: path, atomically: false, encoding: .utf8)
        let rehearsal = try Ledger.rehearsal(path: path, budget: .usual(), at: now) { Issue.record("\($0)") }
        #expect(rehearsal.standing(at: now).map(\.used) == [2, 2])
        #expect(path.fileContents == torn)
    }
}
