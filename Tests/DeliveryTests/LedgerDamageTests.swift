import Files
import Foundation
import Glibc
import NDJSON
import TestSupport
import Testing

@testable import Delivery

@Suite struct LedgerDamageTests {
    private let folder: TemporaryFolder
    private let path: String
    private let now = instant("2026-11-23T14:02:11Z")
    private static let head = #"{"ledger":"replay","version":1}"# + "\n"

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("ledger").path
    }

    private func open(
        at now: Timestamp? = nil, report: @escaping (LedgerFinding) -> Void = { Issue.record("\($0)") }
    ) throws -> Ledger {
        try Ledger.open(path: path, budget: .usual(), target: "prod", at: now ?? self.now, report: report)
    }

    private func write(_ text: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private func record(_ time: String, _ calls: Int = 2) -> String {
        #"{"time":"\#(time)","charge":\#(calls),"target":"prod"}"# + "\n"
    }

    /// The calls that count at `now`, and what was found on the way there.
    private func used(at now: Timestamp? = nil) throws -> (used: [Int], findings: [LedgerFinding]) {
        let findings = Findings()
        let ledger = try open(at: now) { findings.all.append($0) }
        return (ledger.standing(at: now ?? self.now).map(\.used), findings.all)
    }

    /// What a ledger's closure can add to while the ledger lives.
    private final class Findings {
        var all: [LedgerFinding] = []
    }

    // MARK: Crashes

    @Test func `a line torn at any byte is repaired, and nothing before it is lost`() throws {
        let time = "2026-11-23T14:02:11Z"
        let whole = Array((Self.head + record(time) + record(time, 3) + record(time, 4)).utf8)
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        for count in 0...whole.count {
            try Data(whole[..<count]).write(to: URL(fileURLWithPath: path))
            let findings = Findings()
            var ledger = try open { findings.all.append($0) }
            // A line that lacks only its end counts.
            let calls = [0, 0, 2, 5, 9][ends.count { $0 <= count }]
            #expect(ledger.standing(at: now).map(\.used) == [calls, calls], "cut to \(count) bytes")
            let isBetween = count == 0 || whole[count - 1] == UInt8(ascii: "\n")
            #expect(findings.all.count == (isBetween ? 0 : 1), "cut to \(count) bytes: \(findings.all)")
            // What this run appends comes right behind what it repaired.
            _ = try ledger.charge(at: now)
            #expect(try used().used == [calls + 2, calls + 2], "cut to \(count) bytes")
            #expect(charges(path).reduce(0) { $0 + $1.calls } == calls + 2, "cut to \(count) bytes")
        }
    }

    @Test func `what another run left torn is removed by the next charge, too`() throws {
        let findings = Findings()
        var ledger = try open { findings.all.append($0) }
        _ = try ledger.charge(at: now)
        try write(path.fileContents + #"{"time":"20"#)
        _ = try ledger.charge(at: now)
        #expect(findings.all == [.tornLineRemoved(bytes: 11)])
        #expect(charges(path).map(\.calls) == [2, 2])
    }

    @Test func `zeros at the end are what never reached the disk`() throws {
        try write(Self.head + record("2026-11-23T14:02:11Z") + String(repeating: "\0", count: 5000))
        let (used, findings) = try used()
        #expect(used == [2, 2])
        #expect(findings == [.tornLineRemoved(bytes: 5000)])
    }

    @Test func `zeros where the disk lost the first write are no ledger yet`() throws {
        try write(String(repeating: "\0", count: 500))
        let (used, findings) = try used()
        #expect(used == [0, 0])
        #expect(findings == [.tornLineRemoved(bytes: 500)])
    }

    // MARK: Damage

    @Test func `whichever byte is damaged, no less counts than was charged`() throws {
        let time = "2026-11-23T14:02:11Z"
        let records = record(time) + record(time) + record(time, -2) + record(time)
        let whole = Array((Self.head + records).utf8)
        for index in Self.head.utf8.count..<whole.count - 1 {
            var damaged = whole
            damaged[index] = 0
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let (used, findings) = try used()
            #expect(used[0] >= 4 && used[1] >= 4, "byte \(index): \(used)")
            #expect(!findings.isEmpty, "byte \(index)")
        }
    }

    @Test func `a damaged line counts as a charge like the one before it`() throws {
        let time = "2026-11-23T14:02:11Z"
        try write(Self.head + record(time, 5) + "damage\n" + record(time, 7))
        let (used, findings) = try used()
        #expect(used == [17, 17])
        #expect(findings == [.damaged(line: 3, charges: 1)])
    }

    @Test func `a stretch of zeros counts as the charges that it has room for`() throws {
        let time = "2026-11-23T14:02:11Z"
        let lost = record(time) + record(time) + record(time)
        try write(
            Self.head + record(time) + String(repeating: "\0", count: lost.utf8.count - 1) + "\n" + record(time))
        let (used, findings) = try used()
        #expect(used == [10, 10])
        #expect(findings == [.damaged(line: 3, charges: 3)])
    }

    @Test func `a line too long for memory counts, too`() throws {
        try write(
            Self.head + record("2026-11-23T14:02:11Z") + String(repeating: "x", count: 1_000_000) + "\n"
                + record("2026-11-23T14:02:11Z"))
        let (used, findings) = try used()
        #expect(used[0] > 2 * 10_000)
        #expect(findings.count == 1)
    }

    @Test func `damage between two windows counts in both, since nobody knows when it was charged`() throws {
        try write(Self.head + record("2026-11-23T13:59:00Z") + "damage\n" + record("2026-11-23T14:01:00Z"))
        #expect(try used().used == [4, 6])
    }

    @Test func `damage at the end was charged before the file was written last`() throws {
        try write(Self.head + record("2026-11-23T13:59:00Z") + "damage\n")
        // A quarter of an hour before, and at last in the window of now.
        for (written, used) in [("2026-11-23T13:59:30Z", 0), ("2026-11-23T14:01:00Z", 2), ("2030-01-01T00:00:00Z", 2)] {
            let seconds = Int(instant(written).unixSeconds)
            var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
            #expect(try self.used().used == [used, 4], "written \(written)")
        }
    }

    @Test func `many damaged lines are counted, not told one by one`() throws {
        try write(
            Self.head + record("2026-11-23T14:02:11Z") + String(repeating: "x\n", count: 25)
                + record("2026-11-23T14:02:11Z"))
        let (used, findings) = try used()
        #expect(used == [54, 54])
        #expect(findings.count == 11)
        #expect(findings.last == .moreDamage(lines: 15))
    }

    @Test func `times that go back in the file count as the last charge's`() throws {
        try write(Self.head + record("2026-11-23T14:02:11Z") + record("2026-11-23T13:10:00Z"))
        #expect(try used().used == [4, 4])
    }

    @Test func `what a run has charged counts for it, also when somebody cuts the file short`() throws {
        var findings: [LedgerFinding] = []
        var ledger = try open { findings.append($0) }
        _ = try ledger.charge(at: now)
        try write(Self.head)
        _ = try ledger.charge(at: now)
        #expect(findings == [.chargesMissing])
        #expect(ledger.standing(at: now).map(\.used) == [4, 4])
        #expect(charges(path).map(\.calls) == [2])
    }

    // MARK: What does not fit

    @Test(arguments: [
        "hello", "hello\n", #"{"id":1}"# + "\n", #"{"journal":"replay","version":1,"key":"webhook"}"# + "\n",
        #"{"ledger":"other","version":1}"# + "\n", "\n", "\0" + #"{"ledger":"replay","version":1}"# + "\n",
    ])
    func `a file that is no ledger is not touched`(text: String) throws {
        try write(text)
        let first = Excerpt(text.split(separator: "\n").first.map(String.init) ?? "")
        #expect(throws: LedgerError.notALedger(path: path, first)) { _ = try open().path }
        #expect(path.fileContents == text)
    }

    @Test func `a later version is refused`() throws {
        try write(#"{"ledger":"replay","version":2}"# + "\n")
        #expect(throws: LedgerError.newerVersion(path: path, 2)) { _ = try open().path }
    }

    @Test func `what is no file is refused, and not waited for`() throws {
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: LedgerError.file(.isNoFile(path: path, .pipe))) { _ = try open().path }
        unlink(path)
        #expect(mkdir(path, 0o700) == 0)
        #expect(throws: LedgerError.file(.isNoFile(path: path, .directory))) { _ = try open().path }
        rmdir(path)
        #expect(symlink("/dev/null", path) == 0)
        #expect(throws: LedgerError.file(.isLink(path: path))) { _ = try open().path }
        #expect(throws: LedgerError.file(.isNoFile(path: "/dev/null", .device))) {
            _ = try Ledger.rehearsal(path: "/dev/null", budget: .usual(), at: now).path
        }
    }
}
