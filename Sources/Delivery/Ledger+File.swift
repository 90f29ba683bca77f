import Files
import Glibc
public import NDJSON

extension Ledger {
    /// A file that is longer is rewritten when it is opened, should that make it shorter.
    static let longFile = 1 << 20
    /// Two of the longest windows: nothing older counts, and a person may still look for it.
    static let keptSeconds = 2 * Quota.longestWindow

    /// Opens or creates the ledger at `path`, and reads it.
    ///
    /// - Parameters:
    ///   - target: Where the events go, for the person who reads it; it binds nothing.
    ///   - now: The clock.
    ///   - report: Told about repairs and damage, now and later.
    public static func open(
        path: String, budget: Budget, target: String, at now: Timestamp,
        report: @escaping (LedgerFinding) -> Void
    ) throws(LedgerError) -> Ledger {
        // What does not fit is found without making or changing a file.
        _ = try rehearsal(path: path, budget: budget, at: now)
        var ledger = Ledger(path: path, budget: budget, target: target, report: report)
        do { ledger.file = try AppendFile(path: path) } catch { throw .file(error) }
        if try ledger.takeLock() {
            defer { ledger.releaseLock() }
            try ledger.catchUp(at: now)
            // It only saves time.
            do { try ledger.compact(at: now) } catch { report(.notShortened("\(error)")) }
        } else {
            // Another run is charging. It is not waited for: the next charge repairs what there is to repair.
            try ledger.refresh(at: now)
        }
        let damagedLines = ledger.reader.damagedLines
        if damagedLines > LedgerReader.mostFindings {
            report(.moreDamage(lines: damagedLines - LedgerReader.mostFindings))
        }
        return ledger
    }

    /// What the ledger at `path` says, to count with: nothing is locked, made or changed, and charges are written nowhere.
    ///
    /// A file that is not there is an empty ledger.
    public static func rehearsal(
        path: String, budget: Budget, at now: Timestamp, report: @escaping (LedgerFinding) -> Void = { _ in }
    ) throws(LedgerError) -> Ledger {
        var ledger = Ledger(path: path, budget: budget, target: "", report: report)
        let descriptor: OwnedDescriptor?
        do { descriptor = try Journal.openToRead(path) } catch { throw .file(error) }
        guard let descriptor else { return ledger }
        _ = try ledger.reader.read(descriptor.number, path: path, now: now.unixSeconds, report: report)
        try ledger.checkClock(now)
        return ledger
    }

    /// Reads what others appended, for a person to look at. No lock is taken: a line that somebody is writing just now is
    /// read the next time, and so is all of a file that somebody has rewritten.
    public mutating func refresh(at now: Timestamp) throws(LedgerError) {
        guard let number = file?.number, !isReopened, Journal.size(of: number) >= reader.offset else { return }
        _ = try reader.read(number, path: path, now: now.unixSeconds, report: report)
        try checkClock(now)
    }

    // MARK: The lock

    /// Locks the file that the path leads to; false when another run holds it.
    mutating func takeLock() throws(LedgerError) -> Bool {
        guard file != nil else { return true }
        do throws(FileError) {
            // Each turn but the last, another run has rewritten the file in between: with so many of them, one waits.
            for _ in 0..<8 {
                try file?.lock()
                if try isAtItsPath() { return true }
                try file?.unlock()
                file = try AppendFile(path: path)
                isReopened = true
            }
            return false
        } catch {
            if case .locked = error { return false }
            throw .file(error)
        }
    }

    /// Said aloud, although a close would do: a child in the middle of its fork must not keep it.
    mutating func releaseLock() { try? file?.unlock() }

    private mutating func isAtItsPath() throws(FileError) -> Bool {
        try FileIdentity(path: path) == file?.identity
    }

    // MARK: Under the lock

    /// Reads what others appended, and repairs what a crash left of the last line.
    ///
    /// - Parameter now: The clock; nil where the ledger is not judged by it.
    mutating func catchUp(at now: Timestamp?) throws(LedgerError) {
        let seconds = now?.unixSeconds ?? reader.tally.last ?? 0
        guard let number = file?.number else { return try checkClock(now) }
        if let kind = Journal.kindOfNoFile(number) { throw .file(.isNoFile(path: path, kind)) }
        // Or somebody has cut the file, lock or not: what is left of it counts.
        let isOther = isReopened || Journal.size(of: number) < reader.offset
        let known = reader.tally
        if isOther { reader = LedgerReader(known.budget) }
        isReopened = false
        // What is damaged in it was reported when it was read first.
        let tail = try reader.read(number, path: path, now: seconds, report: isOther ? { _ in } : report)
        do throws(FileError) {
            switch tail {
            case .none: break
            case .whole:
                try file?.append([UInt8(ascii: "\n")])
                report(.lineCompleted)
            case .torn(let bytes):
                try file?.truncate(to: reader.offset)
                report(.tornLineRemoved(bytes: bytes))
            }
        } catch {
            throw .file(error)
        }
        if tail == .whole { _ = try reader.read(number, path: path, now: seconds, report: report) }
        // Whoever took the file away took no charge back.
        if isOther, reader.raise(to: known) { report(.chargesMissing) }
        try checkClock(now)
    }

    /// Rewrites a long file without what is too old to count. Whoever has the old one open notices under its lock that
    /// the path leads elsewhere.
    private mutating func compact(at now: Timestamp) throws(LedgerError) {
        guard let number = file?.number, let last = reader.tally.last, let first = reader.first,
            reader.offset > Ledger.longFile,
            // Not for a few lines at each opening: a third of what stays has to go.
            first < last - Ledger.keptSeconds - Quota.longestWindow
        else { return }
        var kept = LedgerRecord.head
        var time = first
        var isHead = true
        _ = try LedgerReader.forEachLine(of: number, from: 0, path: path) { line, size in
            if case .charge(_, let moment)? = LedgerRecord(line) { time = max(time, moment) }
            if !isHead, time >= last - Ledger.keptSeconds {
                // What is left out of a line that is too long, and so is no record, keeps its place.
                kept += line + [UInt8](repeating: 0, count: size - 1 - line.count) + [UInt8(ascii: "\n")]
            }
            isHead = false
        }
        do throws(FileError) {
            var copy = try AtomicFile(path: path)
            try copy.write(kept)
            try copy.commit()
        } catch {
            throw .file(error)
        }
        // The new file.
        if try takeLock() { try catchUp(at: now) }
    }

    private func checkClock(_ now: Timestamp?) throws(LedgerError) {
        guard let now, let last = reader.tally.last, last - now.unixSeconds > Quota.day else { return }
        throw .ahead(path: path, last: Timestamp(nearest: last), now: now)
    }
}
