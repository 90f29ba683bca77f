// (1) Under each of the two names stands the old file or the complete new one, never a part, whenever the process dies.
// (2) All that can fail for want of room fails before either has changed.
// (3) The fixture comes first. A kill between the two leaves the new fixture with the old provenance, whose checksum is
//     another: they never agree by mistake, and the next run sets them right.
import Files
import Hashing
import NDJSON

/// How a fixture holds its records.
enum FixtureFormat: String, CaseIterable {
    /// A JSON array, one record on a line.
    case json
    /// One record on a line, and nothing else.
    case ndjson
}

/// A fixture in the making, and what tells where it came from: they take their names only by `commit`.
struct Fixture: ~Copyable {
    /// Records so far.
    private(set) var count = 0

    private let format: FixtureFormat
    private var file: AtomicFile
    private var provenanceFile: AtomicFile
    private var checksum: Checksum
    private var byteCount = 0

    /// Where the provenance of a fixture stands.
    static func provenancePath(of path: String) -> String { path + ".provenance.json" }

    init(path: String, format: FixtureFormat) throws(FixtureError) {
        let file = try Fixture.begin(path)
        let provenanceFile = try Fixture.begin(Fixture.provenancePath(of: path))
        self.format = format
        self.file = file
        self.provenanceFile = provenanceFile
        checksum = Checksum()
    }

    private static func begin(_ path: String) throws(FixtureError) -> AtomicFile {
        // Data that a team shares, unlike all else that the tools write: the umask decides who reads it.
        do { return try AtomicFile(path: path, access: .umask) } catch { throw .unchanged(error) }
    }

    /// Appends a record, its text untouched.
    mutating func append(_ record: Span<UInt8>) throws(FixtureError) {
        if format == .json { try write(Array((count == 0 ? "[\n" : ",\n").utf8).span) }
        try write(record)
        if format == .ndjson { try write([UInt8(ascii: "\n")].span) }
        count += 1
    }

    /// Makes both the files of their names, on disk.
    consuming func commit(_ provenance: Provenance) throws(FixtureError) {
        if format == .json { try write(Array((count == 0 ? "[]\n" : "\n]\n").utf8).span) }
        let sha256 = hexadecimal(checksum.digest())
        do {
            try provenanceFile.write(provenance.text(format: format, rows: count, bytes: byteCount, sha256: sha256))
            try provenanceFile.settle()
            try file.commit()
        } catch FileError.failed(let path, .syncDirectory, let code) {
            throw .incomplete(.failed(path: path, .syncDirectory, code: code))
        } catch {
            throw .unchanged(error)
        }
        do { try provenanceFile.commit() } catch { throw .incomplete(error) }
    }

    private mutating func write(_ bytes: Span<UInt8>) throws(FixtureError) {
        do { try file.write(bytes) } catch { throw .unchanged(error) }
        checksum.add(bytes)
        byteCount += bytes.count
    }
}

/// Why there is no new fixture, or not all of it.
enum FixtureError: Error, Equatable {
    /// The old fixture and its provenance stand as they did.
    case unchanged(FileError)
    /// The new fixture has its name; a power cut may take it away again, or its provenance is missing.
    case incomplete(FileError)
}

extension FixtureError: CustomStringConvertible {
    /// `path: what: why`, on one line, without advice.
    var description: String {
        switch self {
        case .unchanged(let error), .incomplete(let error): error.description
        }
    }

    /// What helps.
    var wayOut: String {
        switch self {
        case .unchanged: "the fixture was not changed; name a file that can be written"
        case .incomplete:
            "the fixture is the new one, but may not be on disk, or without its provenance; run this again"
        }
    }
}
