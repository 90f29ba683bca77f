import Glibc
import NDJSON
import Testing

@testable import BigQuery

/// Types/response.json is an answer of jobs.query with every type, and with each type's edge values; the descriptions of
/// its columns say what they are in GoogleSQL. Types/record.json is what it becomes.
/// `scripts/development/compare-types` shows both, and what Google's own library makes of it.
@Suite struct TypesTests {
    private func file(_ name: String) throws -> [UInt8] {
        let path = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/Types/" + name
        let file = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    @Test func `an answer with every type becomes the record that is kept beside it`() throws {
        var page = try Page(try file("response.json"))
        let decoder = try RowDecoder(try #require(page.schema), from: 2)
        let row = try #require(try page.next(decoder))
        #expect(row.integer(0) == 0)
        #expect(row.isTrue(1))
        #expect(
            String(decoding: row.record.bytes + [0x0A], as: UTF8.self)
                == String(decoding: try file("record.json"), as: UTF8.self))
        #expect(decoder.unknownTypes == ["VECTOR"])
        #expect(page.isEmpty)
    }
}
