import FuzzProperties
import TestSupport
import Testing

@testable import NDJSON

@Suite struct OtherFormatTests {
    private static let records = ["{\"id\":1}", "{\"id\":2,\"name\":\"Café 🚴\"}", " [ 3 ] ", "4 ", "{\"id\":5}"]

    @Test(arguments: [true, false], ["\n", "\r\n"])
    func `each line of UTF-16 and UTF-32 is named, in either order of bytes`(_ hasMark: Bool, _ end: String) throws {
        let text = (hasMark ? "\u{FEFF}" : "") + OtherFormatTests.records.joined(separator: end)
        for isBigEndian in [true, false] {
            let utf16 = text.utf16.flatMap { OtherFormatTests.bytes(of: $0, isBigEndian) }
            #expect(try flaws(of: utf16) == OtherFormatTests.records.map { _ in .syntax(.utf16, column: 1) })
            let utf32 = text.unicodeScalars.flatMap { OtherFormatTests.bytes(of: $0.value, isBigEndian) }
            #expect(try flaws(of: utf32) == OtherFormatTests.records.map { _ in .syntax(.utf32, column: 1) })
        }
    }

    @Test func `what the last line feed of UTF-16 leaves is a NUL`() throws {
        let bytes = "{}\n".utf16.flatMap { OtherFormatTests.bytes(of: $0, false) }
        #expect(try flaws(of: bytes) == [.syntax(.utf16, column: 1), .syntax(.unexpected(0), column: 1)])
    }

    @Test func `gzip is named`() throws {
        // What `gzip -n <<<{}` writes.
        let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0xAE, 0xE5, 2, 0, 0x06, 0xB0, 0xA1, 0xDD]
        #expect(try flaws(of: bytes) == [.syntax(.gzip, column: 1)])
    }

    @Test(arguments: [
        "\u{0}", "\u{0}\u{0}\u{0}\u{0}", "\u{0}{}", "{\u{0}}", "{\u{0}\u{0}}", "{}\u{0}", "\u{1F}{}",
        "\u{FEFF}\u{FEFF}{}",
    ])
    func `a line with a NUL or a mark in it is not taken for another format`(_ text: String) throws {
        for case .syntax(let flaw, _)? in try flaws(of: Array(text.utf8)) {
            #expect(flaw != .utf16 && flaw != .utf32 && flaw != .gzip)
        }
    }

    /// What is said of each line; both ways into a line say the same.
    private func flaws(of bytes: [UInt8]) throws -> [JSONError?] {
        let feed = Feed([bytes])
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 1000, beforeRead: feed.next)
        var flaws: [JSONError?] = []
        while case .line(let line) = try reader.next() {
            let whole = flaw { () throws(JSONError) in _ = try line.object() }
            #expect(whole == flaw { () throws(JSONError) in _ = try line.fields(at: FieldPaths(["id"])) })
            flaws.append(whole)
        }
        return flaws
    }

    private static func bytes(of unit: some FixedWidthInteger, _ isBigEndian: Bool) -> [UInt8] {
        withUnsafeBytes(of: isBigEndian ? unit.bigEndian : unit.littleEndian, Array.init)
    }
}

/// What `body` throws; nil when it throws nothing.
func flaw(_ body: () throws(JSONError) -> Void) -> JSONError? {
    do throws(JSONError) {
        try body()
        return nil
    } catch {
        return error
    }
}
