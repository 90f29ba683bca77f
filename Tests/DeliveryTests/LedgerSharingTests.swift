import Files
import Foundation
import Glibc
import NDJSON
import Synchronization
import TestSupport
import Testing

@testable import Delivery

@Suite struct LedgerSharingTests {
    private let folder: TemporaryFolder
    private let path: String
    private let now = instant("2026-11-23T14:02:11Z")

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("ledger").path
    }

    private func open(_ budget: Budget? = nil, at now: Timestamp? = nil, path: String? = nil) throws -> Ledger {
        try Ledger.open(path: path ?? self.path, budget: budget ?? .usual(), target: "prod", at: now ?? self.now) {
            Issue.record("\($0)")
        }
    }

    // MARK: Several runs

    @Test(arguments: 1...20)
    func `in no window more is charged than the budget allows, whatever the clock does`(seed: Int) throws {
        var chance = SeededGenerator(seed: seed)
        let budget = Budget.random(&chance)
        var clock = now.unixSeconds + Int64.random(in: -40_000...40_000, using: &chance)
        var ledgers = Ledgers(try open(budget), try open(budget), try open(budget))
        var charged = 0
        for _ in 1...300 {
            switch Int.random(in: 0...19, using: &chance) {
            case 0: clock -= Int64.random(in: 1...3600, using: &chance)
            case 1: clock += Int64.random(in: 1...90_000, using: &chance)
            case 2: clock += Int64.random(in: 1...3600, using: &chance)
            case 3...10: clock += Int64.random(in: 0...9, using: &chance)
            default: break
            }
            let which = Int.random(in: 0...2, using: &chance)
            if Int.random(in: 0...30, using: &chance) == 0 {
                try ledgers.reopen(which, open(budget, at: moment(clock)))
            }
            switch try ledgers.charge(which, at: moment(clock)) {
            case .charged(let charge):
                charged += 1
                let isGuarded = budget.quotas.contains {
                    charge.time >= $0.window(at: charge.time).end - budget.guardSeconds
                }
                if isGuarded { Issue.record("charged within the guard") }
                if Int.random(in: 0...5, using: &chance) == 0 {
                    charged -= 1
                    try ledgers.refund(which, charge)
                }
            case .spent(let opening):
                if opening <= moment(clock) { Issue.record("nothing to wait for") }
                if Bool.random(using: &chance) { clock = opening.unixSeconds }
            case .busy: Issue.record("nobody else is there")
            }
        }
        let records = charges(path)
        let times = records.filter { $0.calls > 0 }.map(\.time)
        #expect(records.reduce(0) { $0 + $1.calls } == charged * budget.cost)
        #expect(times == times.sorted())
        for quota in budget.quotas { #expect(mostUsed(quota, path) <= budget.usable(of: quota)) }
    }

    /// Three runs with one file. An array cannot hold them, since each has one owner.
    private struct Ledgers: ~Copyable {
        private var first: Ledger
        private var second: Ledger
        private var third: Ledger

        init(_ first: consuming Ledger, _ second: consuming Ledger, _ third: consuming Ledger) {
            self.first = first
            self.second = second
            self.third = third
        }

        mutating func charge(_ which: Int, at now: Timestamp) throws -> Ledger.Charging {
            switch which {
            case 0: try first.charge(at: now)
            case 1: try second.charge(at: now)
            default: try third.charge(at: now)
            }
        }

        mutating func refund(_ which: Int, _ charge: Ledger.Charge) throws {
            switch which {
            case 0: try first.refund(charge)
            case 1: try second.refund(charge)
            default: try third.refund(charge)
            }
        }

        mutating func reopen(_ which: Int, _ ledger: consuming Ledger) {
            switch which {
            case 0: first = ledger
            case 1: second = ledger
            default: third = ledger
            }
        }
    }

    @Test func `runs that charge at the same moment share one quota`() throws {
        let budget = try Budget([Quota("300/15m")], cost: 1)
        let (path, now) = (path, now)
        let charged = Atomic(0)
        let failures = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
            do {
                var ledger = try Ledger.open(path: path, budget: budget, target: "prod", at: now) { _ in
                    failures.add(1, ordering: .relaxed)
                }
                var turn = 0
                loop: while true {
                    switch try ledger.charge(at: now) {
                    case .charged(let charge):
                        turn += 1
                        if turn.isMultiple(of: 10) {
                            try ledger.refund(charge)
                        } else {
                            charged.add(1, ordering: .relaxed)
                        }
                    case .busy: sched_yield()
                    case .spent: break loop
                    }
                }
                while try !ledger.settle() { sched_yield() }
            } catch {
                failures.add(1, ordering: .relaxed)
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(charges(path).reduce(0) { $0 + $1.calls } == charged.load(ordering: .relaxed))
        #expect(mostUsed(budget.quotas[0], path) <= 300)
        // A refund of the very last charges may come when the others have given up.
        #expect(charged.load(ordering: .relaxed) > 290)
    }

    @Test func `a held file is busy, for the charge alone`() throws {
        var ledger = try open()
        let other = try AppendFile(path: path)
        try other.lock()
        #expect(try ledger.charge(at: now) == .busy)
        #expect(try open().standing(at: now).map(\.used) == [0, 0])
        try other.unlock()
        #expect(try ledger.charge(at: now).charge != nil)
    }

    // MARK: Rewriting

    /// More than a mebibyte of charges, every ten minutes until `now`.
    private func writeLongLedger() throws {
        var text = JSONText()
        for index in stride(from: Int64(20_000), through: 0, by: -1) {
            LedgerRecord.charge(1, at: now.unixSeconds - index * 600).write(to: &text, target: "prod")
        }
        try Data(LedgerRecord.head + text.bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func `a long ledger loses at its opening what is older than 62 days`() throws {
        try writeLongLedger()
        let before = try Ledger.rehearsal(path: path, budget: .usual(), at: now).standing(at: now)
        var ledger = try open()
        #expect(ledger.standing(at: now) == before)
        #expect(charges(path).count == 62 * 144 + 1)
        #expect(charges(path).first?.time == moment(now.unixSeconds - 62 * 86_400))
        #expect(ledger.standing(at: now).map(\.used) == [1, 85])
        _ = try ledger.charge(at: now)
        #expect(charges(path).count == 62 * 144 + 2)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a short ledger, and a long one without old charges, stay as they are`() throws {
        for (count, step) in [(10, Int64(864_000)), (20_000, 60)] {
            var text = JSONText()
            for index in (0..<Int64(count)).reversed() {
                LedgerRecord.charge(1, at: now.unixSeconds - index * step).write(to: &text, target: "prod")
            }
            try Data(LedgerRecord.head + text.bytes).write(to: URL(fileURLWithPath: path))
            let before = try FileIdentity(path: path)
            _ = try open().path
            #expect(try FileIdentity(path: path) == before)
        }
    }

    @Test func `who has the file open when another run rewrites it goes on in the new one`() throws {
        try writeLongLedger()
        var held = try AppendFile(path: path)
        try held.lock()
        // It does not rewrite the file, since another holds it.
        var early = try open()
        try held.unlock()
        held = try AppendFile(path: "/dev/null")
        var late = try open()
        #expect(charges(path).count == 62 * 144 + 1)
        for _ in 1...19 {
            #expect(try early.charge(at: now).charge != nil)
            #expect(try late.charge(at: now).charge != nil)
        }
        #expect(try early.charge(at: now).charge != nil)
        #expect(charges(path).count == 62 * 144 + 40)
        #expect(early.standing(at: now).map(\.used) == [79, 163])
        #expect(try early.charge(at: now).charge == nil)
        #expect(try late.charge(at: now).charge == nil)
    }

    @Test func `a ledger that is moved away is begun again at its path, and its charges count`() throws {
        var findings: [LedgerFinding] = []
        var ledger = try Ledger.open(path: path, budget: .usual(), target: "prod", at: now) { findings.append($0) }
        _ = try ledger.charge(at: now)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        _ = try ledger.charge(at: now)
        #expect(ledger.standing(at: now).map(\.used) == [4, 4])
        #expect(findings == [.chargesMissing])
        #expect(charges(path).count == 1)
        #expect(charges(path + ".old").count == 1)
    }
}
