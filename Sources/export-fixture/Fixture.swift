import Files
import NDJSON

/// How a fixture holds its records.
enum FixtureFormat: String {
    /// A JSON array, one record on a line.
    case json
    /// One record on a line, and nothing else.
    case ndjson
}

/// A fixture in the making: it takes its name only by `commit`.
struct Fixture: ~Copyable {
    /// Records so far.
    private(set) var count = 0

    private let format: FixtureFormat
    private var file: AtomicFile

    /// Throws `FileError` when no file can be made beside `path`.
    init(path: String, format: FixtureFormat) throws(FileError) {
        self.format = format
        // Data that a team shares, unlike all else that the tools write: the umask decides who reads it.
        file = try AtomicFile(path: path, access: .umask)
    }

    /// Appends a record, its text untouched.
    mutating func append(_ record: JSONValue) throws(FileError) {
        if format == .json { try file.write(Array((count == 0 ? "[\n" : ",\n").utf8)) }
        try file.write(record.bytes.span)
        if format == .ndjson { try file.write([UInt8(ascii: "\n")]) }
        count += 1
    }

    /// Makes it the file of that name, on disk.
    consuming func commit() throws(FileError) {
        if format == .json { try file.write(Array((count == 0 ? "[]\n" : "\n]\n").utf8)) }
        try file.commit()
    }
}
