import FuzzProperties
import Glibc
import TestSupport
import Testing

@testable import NDJSON

/// Puts texts on lines of a stream, a good line between each two, and compares what is said of each with the plain parser.
struct Judge {
    static let paths = FieldPaths(["a", "a.b", "id"])

    /// The texts, none of them with a line feed inside or blank.
    let texts: [[UInt8]]

    /// The stream.
    var stream: [UInt8] {
        var stream = Judge.good(0)
        for (index, text) in texts.enumerated() { stream += text + [0x0A] + Judge.good(index + 1) }
        return stream
    }

    private static func good(_ index: Int) -> [UInt8] { Array("{\"id\":\(index + 1)}\n".utf8) }

    /// Reads the stream to its end: each line is there and judged, the good ones are intact.
    func judge(_ reader: inout LineReader) throws {
        try Judge.expectGood(0, &reader)
        for (index, text) in texts.enumerated() {
            guard case .line(let line) = try reader.next() else {
                Issue.record("no line \(2 * index + 2)")
                return
            }
            Judge.judge(line, text)
            try Judge.expectGood(index + 1, &reader)
        }
        guard case .end = try reader.next() else {
            Issue.record("too many lines")
            return
        }
    }

    /// Both ways into a line say the same of it.
    static func judge(_ line: Line, _ text: [UInt8]) {
        let place = "line \(line.number)"
        guard line.bytes == text, line.bytesWithEnd == text + [0x0A] else {
            Issue.record("\(place) is \(line.excerpt)")
            return
        }
        let expected = ReferenceJSON.flaw(inObject: text)
        let whole = flaw { () throws(JSONError) in _ = try line.object() }
        let searched = flaw { () throws(JSONError) in _ = try line.fields(at: paths) }
        guard whole != expected || searched != expected else { return }
        let (said, found, meant) = ("\(whole as Any)", "\(searched as Any)", "\(expected as Any)")
        Issue.record("\(place): \(said), \(found) instead of \(meant): \(line.excerpt.description.debugDescription)")
    }

    private static func expectGood(_ index: Int, _ reader: inout LineReader) throws {
        guard case .line(let line) = try reader.next(), try line.fields(at: paths)[2]?.id == Int64(index + 1),
            line.number == 2 * index + 1
        else {
            Issue.record("the good line \(2 * index + 1) is not intact")
            return
        }
    }
}

/// A file without a name, whose position is at the start.
final class NamelessFile {
    // A class, because a descriptor has one owner, and `deinit` closes it.
    let number: Int32

    init(_ bytes: [UInt8]) throws {
        var path = Array("/tmp/corpus-XXXXXX".utf8CString)
        number = mkstemp(&path)
        unlink(path)
        try replace(from: 0, bytes)
    }

    deinit { close(number) }

    /// Writes `bytes` at `offset`; the position is at the start again.
    func replace(from offset: Int, _ bytes: [UInt8]) throws {
        guard pwrite(number, bytes, bytes.count, offset) == bytes.count, lseek(number, 0, SEEK_SET) == 0 else {
            throw StreamError.cannotWrite(errno: errno)
        }
    }

    /// Lets the file end at `offset`.
    func end(at offset: Int) { _ = ftruncate(number, offset) }
}
