import NDJSON
import Testing

@testable import BigQuery
@testable import BigQueryFilter

@Suite struct BatchesTests {
    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text: text.utf8)) }

    @Test func `a batch knows the span of its dates`() throws {
        var batch = Batch()
        batch.add(1, startDate: try moment("2024-03-01T00:00:00Z"))
        batch.add(2, startDate: try moment("2024-01-01T00:00:00Z"))
        batch.add(1, startDate: try moment("2024-02-01T00:00:00Z"))
        #expect(batch.ids == [1, 2, 1])
        #expect(batch.span == (try moment("2024-01-01T00:00:00Z"))...(try moment("2024-03-01T00:00:00Z")))
    }

    @Test func `a record without a date leaves a batch without a span`() throws {
        var batch = Batch()
        batch.add(1, startDate: try moment("2024-03-01T00:00:00Z"))
        batch.add(2, startDate: nil)
        batch.add(3, startDate: try moment("2024-01-01T00:00:00Z"))
        #expect(batch.span == nil)
    }

    @Test func `a batch holds what fits into a request`() throws {
        var batch = Batch()
        // 24 bytes an id: 8 MiB are 349,526 of them.
        while !batch.isFull { batch.add(10_000_000_000 + Int64(batch.ids.count), startDate: nil) }
        #expect(batch.ids.count == 349_526)
        var long = Batch()
        while !long.isFull { long.add(.max, startDate: nil) }
        #expect(long.ids.count == 262_144)
        let list = QueryParameter("ids", .integers(batch.ids))
        let body = Query("SELECT 1", parameters: [list]).dryRunBody(project: try ProjectID("my-project")).count
        #expect(body < 10_000_000 && body > 8 << 20)
    }

    @Test func `a batch can be halved until it is one`() throws {
        var batch = Batch()
        for id in 1...5 { batch.add(Int64(id), startDate: try moment("2024-03-0\(id)T00:00:00Z")) }
        let (first, second) = try #require(batch.halves)
        #expect(first.ids == [1, 2])
        #expect(second.ids == [3, 4, 5])
        #expect(second.span == batch.span)
        #expect(first.halves?.first.halves == nil)
    }

    @Test func `a file of ids holds digits or records`() throws {
        #expect(try IDFile.ids(in: "\u{FEFF}1\r\n2") == [1, 2])
        #expect(try IDFile.ids(in: "1\n\n{\"id\":\"9007199254740993\"}\r\n 3 \n") == [1, 9_007_199_254_740_993, 3])
        let results =
            #"{"event":{"object_id":7},"id":8}"# + "\n" + #"{"object_id":"9"}"# + "\n" + #"{"event":{"object_id":10}}"#
        #expect(try IDFile.ids(in: results) == [8, 9, 10])
        #expect(throws: IDFileError(line: 2, text: Excerpt("x"))) { try IDFile.ids(in: "1\nx\n") }
        #expect(throws: IDFileError(line: 1, text: Excerpt("0"))) { try IDFile.ids(in: "0") }
    }

    @Test func `a column is found by the first of its names, in the schema's spelling`() throws {
        let json =
            #"{"schema":{"fields":[{"name":"ID","type":"INT64"},{"name":"tags","type":"STRING","mode":"REPEATED"},"#
            + #"{"name":"athlete","type":"RECORD","fields":[{"name":"id","type":"INTEGER"}]},"#
            + #"{"name":"athlete_id","type":"INTEGER"}]}}"#
        let name = try TableName("my-project.d.t")
        let table = Table(name, try JSONValue(parsing: Array(json.utf8)))
        #expect(try table.column(["id"], .integer).description == "ID")
        #expect(try table.column(ActivityColumn.athlete, .integer).description == "athlete.id")
        #expect(try table.columns(["nope", "athlete_id"], .integer).map(\.description) == ["athlete_id"])
        #expect(throws: ColumnError.missing(name, ["nope"])) { try table.column(["nope"], .integer) }
        #expect(throws: ColumnError.isArray(name, try ColumnPath("tags"))) { try table.column(["tags"], .string) }
        let expected = ColumnError.type(name, try ColumnPath("ID"), .integer, expected: .string)
        #expect(throws: expected) { try table.column(["id"], .string) }
    }
}
