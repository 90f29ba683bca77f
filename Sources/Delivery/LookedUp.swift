public import Files
public import NDJSON

/// A file of results that were looked for, as a report of the journal has them.
struct LookedUp: ~Copyable {
    private let path: String
    private let descriptor: OwnedDescriptor
    private var lines: LineReader
    private var reader: ReportedEventReader
    private static let time = FieldPaths(["time"])

    /// Throws `LookedUpError` when the file cannot be opened.
    init(path: String, rule: IdentityRule) throws(LookedUpError) {
        let opened: OwnedDescriptor?
        do { opened = try Journal.openToRead(path) } catch { throw .file(error) }
        guard let descriptor = opened else { throw .absent(path: path) }
        lines = LineReader(descriptor: descriptor.number, maximumLineBytes: Journal.longestLine)
        self.descriptor = descriptor
        self.path = path
        reader = ReportedEventReader(rule)
    }

    /// The next event, and when it was delivered, in seconds since 1970; nil at the end.
    mutating func next() throws(LookedUpError) -> (event: Event, deliveredAt: Int64?)? {
        guard let line = try nextLine() else { return nil }
        do throws(EventError) {
            let event = try reader.event(in: line)
            let time = (try? line.fields(at: LookedUp.time))?[0]?.string.flatMap { Timestamp(text: $0.utf8) }
            return (event, time?.unixSeconds)
        } catch {
            // A line that is passed over would be an event of which nobody says whether it landed.
            throw .notAResult(path: path, line: line.number, error)
        }
    }

    private mutating func nextLine() throws(LookedUpError) -> Line? {
        do {
            switch try lines.next() {
            case .end: return nil
            case .line(let line): return line
            case .tooLong(let number): throw LookedUpError.tooLong(path: path, line: number)
            }
        } catch let error as LookedUpError {
            throw error
        } catch let error as StreamError {
            throw .unreadable(path: path, error)
        } catch {
            preconditionFailure("a reader without `beforeRead` throws nothing but StreamError: \(error)")
        }
    }
}

/// Why a file of results that were looked for cannot be used.
public enum LookedUpError: Error, Equatable {
    /// There is no such file.
    case absent(path: String)
    /// The file system refuses.
    case file(FileError)
    /// It cannot be read to its end.
    case unreadable(path: String, StreamError)
    /// The line is no result, nor an event.
    case notAResult(path: String, line: Int, EventError)
    /// The line is longer than any result.
    case tooLong(path: String, line: Int)
    /// So many lines of what is missing are no events.
    case badLines(Int)
    /// So many events are missing that were not looked for.
    case notLookedUp(Int)
}

extension LookedUpError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .absent(let path): "\(path): no such file"
        case .file(let error): "\(error)"
        case .unreadable(let path, let error): "\(path): \(error)"
        case .notAResult(let path, let line, let error): "\(path):\(line): \(error)"
        case .badLines(let count): "stdin: \(count) bad \(count == 1 ? "line" : "lines"): nothing was changed"
        case .notLookedUp(let count):
            "stdin: \(count) \(count == 1 ? "event" : "events") missing that --looked-up has not: nothing was changed"
        case .tooLong(let path, let line): "\(path):\(line): longer than \(Journal.longestLine) bytes"
        }
    }
}
