// The ledger is the one place that knows what the quotas have left. It promises:
// (1) A charge is on disk before the request that it pays for: `charge` returns when it survives a power cut.
// (2) In no window more is charged than the budget allows, however many runs charge, whatever the clock does: each
//     charge is decided under the file's lock, after all that others charged was read, and times never decrease.
// (3) What cannot be read counts, and never less than it could have been. What a crash tore off the end does not: it was
//     never on disk, so its request never left.
// (4) Nothing waits: who finds the lock held is told so, and asks again.
// (5) Nothing of it is changed before it was found to be a ledger of a known version.
// (6) A person can read it: NDJSON, one line for each charge. A refund has the time of the charge that it takes back.
//
//     {"ledger":"replay","version":1}
//     {"time":"2026-11-23T14:02:11Z","charge":2,"target":"prod"}
//     {"time":"2026-11-23T14:02:11Z","charge":-2,"target":"prod"}
//
// A version that adds a kind of record raises `version`, and is refused by all earlier ones.
import Files
public import NDJSON

/// What was charged to quotas that several runs, for several targets, share.
public struct Ledger: ~Copyable {
    /// What `charge` says.
    public enum Charging: Equatable, Sendable {
        /// It is paid for and on disk: send it.
        case charged(Charge)
        /// No quota has room, or a window is about to end: nothing can be charged before that moment.
        case spent(until: Timestamp)
        /// Another run holds the file for a moment: wait some milliseconds and ask again.
        case busy
    }

    /// A charge that may be taken back.
    public struct Charge: Equatable, Sendable {
        /// When it counts, in seconds since 1970: the clock's time, or the last charge's when the clock was set back.
        let time: Int64
        /// The calls that it paid for.
        public let calls: Int
    }

    static let name = "replay"
    static let version: Int64 = 1

    let path: String
    let target: String
    let report: (LedgerFinding) -> Void
    /// Nil in a rehearsal.
    var file: AppendFile?
    var reader: LedgerReader
    /// Whether `file` is another one than `reader` has read.
    var isReopened = false
    /// The charge that may still be taken back.
    private var refundable: Charge?
    /// Refunds that are not in the file yet.
    private var refunds: [LedgerRecord] = []

    init(path: String, budget: Budget, target: String, report: @escaping (LedgerFinding) -> Void) {
        self.path = path
        self.target = target
        self.report = report
        reader = LedgerReader(budget)
    }

    // MARK: Charging

    /// Charges one event, if every quota has room for it.
    ///
    /// - Parameter now: The clock. While it is behind the last charge, that one's time counts instead.
    public mutating func charge(at now: Timestamp) throws(LedgerError) -> Charging {
        guard try takeLock() else { return .busy }
        defer { releaseLock() }
        try catchUp(at: now)
        try writeRefunds()
        let time = reader.tally.effective(now.unixSeconds)
        if let opening = opening(after: now) { return .spent(until: opening) }
        let charge = Charge(time: time, calls: reader.tally.budget.cost)
        try append([.charge(charge.calls, at: charge.time)])
        do { try file?.sync() } catch { throw .file(error) }
        refundable = charge
        return .charged(charge)
    }

    /// Takes back the last charge, whose request was never made; any other one, or the same once more, stays.
    ///
    /// When another run holds the file, the refund is kept and written before the next charge, or by `settle()`. It is
    /// not synced: after a power cut, what is lost of it counts as used.
    public mutating func refund(_ charge: Charge) throws(LedgerError) {
        guard charge == refundable else { return }
        refundable = nil
        refunds.append(.refund(charge.calls, at: charge.time))
        try settle()
    }

    /// Writes the refunds that had to wait; false when they have to wait longer.
    @discardableResult
    public mutating func settle() throws(LedgerError) -> Bool {
        guard !refunds.isEmpty else { return true }
        guard try takeLock() else { return false }
        defer { releaseLock() }
        try catchUp(at: nil)
        try writeRefunds()
        return true
    }

    private mutating func writeRefunds() throws(LedgerError) {
        guard !refunds.isEmpty else { return }
        let records = refunds
        // Before the write, which may have written some of them before it fails: lost, they only count as used.
        refunds = []
        try append(records)
    }

    /// Appends by one write, the head before the first records.
    private mutating func append(_ records: [LedgerRecord]) throws(LedgerError) {
        let needsHead = reader.offset == 0
        var text = JSONText()
        for record in records { record.write(to: &text, target: target) }
        let bytes = (needsHead ? LedgerRecord.head : []) + text.bytes
        do throws(FileError) { try file?.append(bytes) } catch {
            // What is there of it is no whole line, and the next one who locks the file removes it.
            throw .file(error)
        }
        reader.add(records, size: bytes.count, hasHead: needsHead)
    }

    // MARK: Asking

    /// Where each quota stands, as far as the ledger was read.
    public func standing(at now: Timestamp) -> [Standing] { reader.tally.standing(at: now.unixSeconds) }

    /// How far the last charge is ahead of the clock; zero where it is not. As long as that the last charge's time counts.
    public func lead(at now: Timestamp) -> Duration {
        reader.tally.last.map { .seconds(max(0, $0 - now.unixSeconds)) } ?? .zero
    }

    /// The earliest moment at or after `now` at which an event can be charged, as far as the ledger was read.
    public func opening(at now: Timestamp) -> Timestamp { opening(after: now) ?? now }

    /// When `events` events will have been sent, as far as the ledger was read.
    public func forecast(events: Int, from now: Timestamp, rate: Rate) -> Forecast {
        Forecast(events: events, from: now, rate: rate, tally: reader.tally)
    }

    /// Nil when it is now.
    private func opening(after now: Timestamp) -> Timestamp? {
        let time = reader.tally.effective(now.unixSeconds)
        let opening = reader.tally.opening(at: time)
        return opening == time ? nil : Timestamp(nearest: opening)
    }
}
