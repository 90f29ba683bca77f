import Files
import NDJSON

/// The lines of events that failed, byte for byte, so that they can be read again as they came.
public struct DeadLetters: ~Copyable {
    private var file: AppendFile

    /// Opens or creates the file at `path`.
    public init(path: String) throws(JournalError) {
        do { file = try AppendFile(path: path) } catch { throw .file(error) }
    }

    /// Appends the event's line, and waits until it is on disk.
    mutating func add(_ event: Event) throws(JournalError) {
        do {
            try file.append(event.line.bytesWithEnd)
            try file.sync()
        } catch {
            throw .file(error)
        }
    }
}
