public import Files
public import NDJSON

/// Why a ledger cannot be used.
public enum LedgerError: Error, Equatable {
    /// The file system refuses.
    case file(FileError)
    /// The file begins with something else.
    case notALedger(path: String, Excerpt)
    /// A later version wrote it, with records that this one does not know.
    case newerVersion(path: String, Int64)
    /// Its last charge is more than a day ahead of the clock: one of the two is wrong, and nothing would be sent before.
    case ahead(path: String, last: Timestamp, now: Timestamp)
}

extension LedgerError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .notALedger(let path, let text): "\(path): not a ledger of replay: it begins with \(text)"
        case .newerVersion(let path, let version):
            "\(path): written by a later version: ledger version \(version), known \(Ledger.version)"
        case .ahead(let path, let last, let now):
            "\(path): ahead of the clock by more than a day: last charge \(last), now \(now.wholeSeconds)"
        }
    }
}

/// Something in a ledger that a person should know, and that stops nobody.
public enum LedgerFinding: Equatable, Sendable {
    /// The last line was cut off by a crash, and is removed: what it was to pay for was never sent.
    case tornLineRemoved(bytes: Int)
    /// The last line was whole but for its end, which is added.
    case lineCompleted
    /// The line says nothing that can be trusted, and counts as so many charges like the largest before it.
    case damaged(line: Int, charges: Int)
    /// So many more damaged lines.
    case moreDamage(lines: Int)
    /// The file is another one, or shorter, and lacks charges that this run knows of; they count all the same.
    case chargesMissing
    /// A long file could not be rewritten, and is used as it is.
    case notShortened(String)
}

extension LedgerFinding: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .tornLineRemoved(let bytes): "last line torn: \(bytes) bytes removed; its event was not sent"
        case .lineCompleted: "last line without its end: completed"
        case .damaged(let line, 1): "line \(line): damaged: counts as a charge like the largest before it"
        case .damaged(let line, let charges):
            "line \(line): damaged: counts as \(charges) charges like the largest before it"
        case .moreDamage(let lines): "damaged: \(lines) lines more"
        case .chargesMissing: "charges are missing that this run knows of: they count, but for other runs"
        case .notShortened(let why): "long, and not shortened: \(why)"
        }
    }
}
