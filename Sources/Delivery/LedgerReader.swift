import Files
import Glibc
import NDJSON

/// Takes in a ledger line by line, and goes on where it was when others have appended to it.
struct LedgerReader {
    private(set) var tally: Tally
    /// Bytes up to the end of the last line that was taken in.
    private(set) var offset = 0
    /// Lines that say nothing.
    private(set) var damagedLines = 0
    /// The moment of the first charge, in seconds since 1970.
    private(set) var first: Int64?

    private var lines = 0

    static let longestLine = 64 << 10
    /// So many damaged lines are reported one by one.
    static let mostFindings = 10

    /// What stands behind the last line feed.
    enum Tail: Equatable {
        /// Nothing: the last line is complete.
        case none
        /// A whole record that lacks only its end. It was written, so its event may have been sent.
        case whole
        /// A part of a record, or the zeros that stand where it did not reach the disk.
        case torn(bytes: Int)
    }

    init(_ budget: Budget) {
        tally = Tally(budget)
    }

    /// Takes in all complete lines from `offset` on.
    ///
    /// - Parameter now: The clock, in seconds since 1970.
    mutating func read(
        _ descriptor: Int32, path: String, now: Int64, report: (LedgerFinding) -> Void
    ) throws(LedgerError) -> Tail {
        let tail = try LedgerReader.forEachLine(of: descriptor, from: offset, path: path) {
            (line, size) throws(LedgerError) in
            try take(line, size: size, path: path, report: report)
            offset += size
        }
        // Nothing in the file is newer than the file.
        tally.dateUndated(by: min(now, LedgerReader.timeOfLastWrite(descriptor) ?? now))
        guard tail.size > 0 else { return .none }
        guard lines == 0 else { return LedgerRecord(tail.line) == nil ? .torn(bytes: tail.size) : .whole }
        guard !Journal.isTornHead(tail.line, of: LedgerRecord.headStart) else { return .torn(bytes: tail.size) }
        try LedgerReader.check(head: tail.line, path: path)
        return .whole
    }

    /// - Parameter size: Bytes of the line, its end included; more than the longest line has are not in `line`.
    private mutating func take(
        _ line: [UInt8], size: Int, path: String, report: (LedgerFinding) -> Void
    ) throws(LedgerError) {
        lines += 1
        guard lines > 1 else { return try LedgerReader.check(head: line, path: path) }
        switch size > LedgerReader.longestLine ? nil : LedgerRecord(line) {
        case .charge(let calls, let time)?:
            tally.charge(calls, at: time)
            first = first ?? time
        case .refund(let calls, let time)?: tally.refund(calls, at: time)
        case nil:
            // A damaged line feed makes one line of two, and a lost block one of many.
            let charges = max(1, size / LedgerRecord.shortest)
            tally.chargeUndated(charges)
            damagedLines += 1
            if damagedLines <= LedgerReader.mostFindings { report(.damaged(line: lines, charges: charges)) }
        }
    }

    /// Counts at least what `known` says; tells whether that was more.
    mutating func raise(to known: Tally) -> Bool { tally.raise(to: known) }

    /// Notes that `records`, `size` bytes, were appended behind all that was read.
    mutating func add(_ records: [LedgerRecord], size: Int, hasHead: Bool) {
        for record in records {
            switch record {
            case .charge(let calls, let time): tally.charge(calls, at: time)
            case .refund(let calls, let time): tally.refund(calls, at: time)
            }
        }
        lines += records.count + (hasHead ? 1 : 0)
        offset += size
    }

    private static func check(head: [UInt8], path: String) throws(LedgerError) {
        guard let version = LedgerRecord.version(inHead: head) else {
            throw .notALedger(path: path, Excerpt(bytes: head))
        }
        guard version <= Ledger.version else { throw .newerVersion(path: path, version) }
    }

    private static func timeOfLastWrite(_ descriptor: Int32) -> Int64? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }

    /// Hands the complete lines from `offset` on to `body`, each without its end, with its size including it; returns
    /// what stands behind the last one. Of a line that is too long only the beginning is kept.
    static func forEachLine(
        of descriptor: Int32, from offset: Int, path: String, _ body: ([UInt8], Int) throws(LedgerError) -> Void
    ) throws(LedgerError) -> (line: [UInt8], size: Int) {
        var room = [UInt8](repeating: 0, count: 64 << 10)
        var offset = offset
        var line: [UInt8] = []
        var size = 0
        while true {
            // Invariant: pread writes at most `memory.count` bytes, while the array is exclusively ours.
            let count = room.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .file(.failed(path: path, .read, code: errno)) }
            guard count > 0 else { return (line, size) }
            offset += count
            var rest = room[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end].prefix(longestLine - line.count)
                try body(line, size + end + 1 - rest.startIndex)
                (line, size) = ([], 0)
                rest = rest[(end + 1)...]
            }
            line += rest.prefix(longestLine - line.count)
            size += rest.count
        }
    }
}
