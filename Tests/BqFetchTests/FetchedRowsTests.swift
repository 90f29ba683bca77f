import BigQuery
import HTTP
import NDJSON
import TestServer
import Testing

@testable import BigQueryFilter
@testable import bq_fetch

@Suite struct FetchedRowsTests {
    /// An answer with these places: nil for one without a row, else the name that its row has.
    private func answer(_ places: [(Int, String?)]) -> [Step] {
        let rows = places.map { place, name in
            let value = name.map { #""\#($0)""# } ?? "null"
            return #"{"f":[{"v":"\#(place)"},{"v":"\#(name != nil)"},{"v":\#(value)}]}"#
        }
        let columns = #"{"name":"p","type":"INTEGER"},{"name":"f","type":"BOOLEAN"},{"name":"name","type":"STRING"}"#
        return [
            .answer(
                200,
                #"{"jobComplete":true,"schema":{"fields":[\#(columns)]},"totalRows":"\#(rows.count)","#
                    + #""rows":[\#(rows.joined(separator: ","))]}"#)
        ]
    }

    private func connection(_ server: ScriptedServer) throws -> Connection {
        let client = Client(
            service: try Service(server.url("")), project: try ProjectID("my-project"),
            transport: CurlTransport(userAgent: "test", interruptedBy: nil), token: nil,
            surroundings: Surroundings(
                now: { .zero }, unixTime: { 0 }, sleep: { _ in }, random: { 0 }, tell: { _ in }))
        return Connection(client: client, labels: [:], location: nil, maximumBytesBilled: nil)
    }

    private var table: Table {
        get throws {
            let json =
                #"{"schema":{"fields":[{"name":"id","type":"INTEGER"},{"name":"start_date","type":"TIMESTAMP"}]}}"#
            return Table(try TableName("my-project.d.t"), try JSONValue(parsing: Array(json.utf8)))
        }
    }

    @Test func `what the dates did not find is asked for anywhere, and comes out in its place`() throws {
        let server = ScriptedServer(results: [
            answer([(0, nil), (2, nil), (4, nil), (1, "b"), (3, "d"), (5, "b")]),
            answer([(1, nil), (0, "a"), (2, "e")]),
        ])
        let (connection, table) = (try connection(server), try table)
        let statement = try FetchStatement(table, .all, asOf: "")
        let moment = try #require(Timestamp(unixSeconds: 0))
        var near = try FetchedRows(statement, [1, 2, 3, 4, 5, 2], within: moment...moment, connection, table)
        #expect(near.absentIDs == [1, 3, 5])
        var far: FetchedRows? = try FetchedRows(statement, near.absentIDs, within: nil, connection, table)
        #expect(far?.absentIDs == [3])
        var lines: [String] = []
        while let row = try FetchedRows.next(of: &near, &far) {
            lines.append(String(decoding: row.bytes, as: UTF8.self))
        }
        #expect(lines == ["a", "b", "d", "e", "b"].map { #"{"name":"\#($0)"}"# })
        let asked = try server.insertedJobs.map { try JSONValue(parsing: $0)["configuration"]?["query"] }
        #expect(asked.map { $0?["queryParameters"]?.elements.count } == [5, 3])
    }

    @Test(arguments: [
        ([(0, nil), (1, "b")], AnswerDefect.rows(seen: 2, promised: 3)),
        ([(0, nil), (0, nil), (1, "b")], .missing("backfill_position")),
        ([(2, nil), (1, nil), (0, "a")], .missing("backfill_position")),
        ([(1, nil), (1, "b"), (2, "c")], .missing("backfill_position")),
    ])
    func `an answer that leaves a place out, or has one twice, is none`(
        places: [(Int, String?)], defect: AnswerDefect
    ) throws {
        let server = ScriptedServer(results: [answer(places)])
        let (connection, table) = (try connection(server), try table)
        let statement = try FetchStatement(table, .all, asOf: "")
        #expect(throws: BigQueryError.unexpected(subject: "query", defect)) {
            var rows = try FetchedRows(statement, [1, 2, 3], within: nil, connection, table)
            var none: FetchedRows?
            while try FetchedRows.next(of: &rows, &none) != nil {}
        }
    }

    @Test func `a place that nobody asked for is no answer`() throws {
        let server = ScriptedServer(results: [answer([(7, nil)])])
        let (connection, table) = (try connection(server), try table)
        let statement = try FetchStatement(table, .all, asOf: "")
        #expect(throws: BigQueryError.unexpected(subject: "query", .missing("backfill_position"))) {
            _ = try FetchedRows(statement, [1], within: nil, connection, table)
        }
    }
}
