import Files
import NDJSON

/// The lines of events that failed, byte for byte, so that they can be read again as they came.
public struct DeadLetters: ~Copyable {
    private var file: AppendFile

    /// Opens or creates the file at `path`.
    public init(path: String) throws(JournalError) {
        do { file = try DeadLetters.open(path) } catch { throw .file(error) }
    }

    private static func open(_ path: String) throws(FileError) -> AppendFile {
        let file = try AppendFile(path: path)
        // What nobody can read again is no place to keep something; /dev/null says so by its name.
        if let kind = Journal.kindOfNoFile(file.number), kind != .device { throw .isNoFile(path: path, kind) }
        // What a crash left of a line must not swallow the next one.
        if !Journal.endsWithLineFeed(file.number) { try file.append([UInt8(ascii: "\n")]) }
        return file
    }

    /// Appends the event's line, and waits until it is on disk.
    mutating func add(_ event: Event) throws(JournalError) {
        do throws(FileError) {
            let size = try file.size
            do { try file.append(event.line.bytesWithEnd) } catch {
                try? file.truncate(to: size)
                throw error
            }
            try file.sync()
        } catch {
            throw .file(error)
        }
    }
}
