public import Files
public import NDJSON

/// Why a journal or a file of dead letters cannot be used.
public enum JournalError: Error, Equatable {
    /// The file system refuses, or another process holds the lock.
    case file(FileError)
    /// It cannot be read to its end.
    case unreadable(path: String, StreamError)
    /// The file begins with something else.
    case notAJournal(path: String, Excerpt)
    /// A later version wrote it, with records that this one does not know.
    case newerVersion(path: String, Int64)
    /// Somebody removed or replaced it under the run.
    case movedAway(path: String)
    /// Its events were delivered elsewhere.
    case otherTarget(path: String, Excerpt, asked: String)
    /// Its events are told apart by other fields.
    case otherKey(path: String, Excerpt, asked: String)
}

extension JournalError {
    /// Whether another process has the file, and will give it back.
    public var isLocked: Bool {
        if case .file(.locked) = self { true } else { false }
    }
}

extension JournalError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .unreadable(let path, let error): "\(path): \(error)"
        case .notAJournal(let path, let text): "\(path): not a journal of replay: it begins with \(text)"
        case .newerVersion(let path, let version):
            "\(path): written by a later version: journal version \(version), known \(Journal.version)"
        case .movedAway(let path): "\(path): removed or replaced while the run had it open"
        case .otherTarget(let path, let bound, let asked): "\(path): belongs to another target: \(bound), not \(asked)"
        case .otherKey(let path, let bound, let asked): "\(path): has another key: \(bound), not \(asked)"
        }
    }
}

/// Something in a journal that a person should know, and that stops nobody.
public enum JournalFinding: Error, Equatable {
    /// The last line was cut off by a crash, and is removed.
    case tornLineRemoved(bytes: Int)
    /// The last line was whole but for its end, which is added.
    case lineCompleted
    /// The line says nothing that can be trusted: its event, whichever it is, counts as not delivered.
    case damaged(line: Int, why: String)
    /// So many more damaged lines.
    case moreDamage(lines: Int)
}

extension JournalFinding: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .tornLineRemoved(let bytes): "last line torn: \(bytes) bytes removed; its event may be sent once more"
        case .lineCompleted: "last line without its end: completed"
        case .damaged(let line, let why):
            "line \(line): damaged: \(why); what it said is lost, and its event may be sent once more"
        case .moreDamage(let lines): "damaged: \(lines) lines more"
        }
    }
}
