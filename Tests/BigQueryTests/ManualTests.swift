import NDJSON
import TestSupport
import Testing

@testable import BigQuery

/// The table of types in backfill-bigquery(7): what the decoder makes of each is what stands there.
@Suite struct ManualTests {
    /// As the service sends what the table shows, and the field that it is sent for.
    private static let wire: [String: (Field, String)] = [
        "INT64": (Field("c", FieldType("INT64")), #""9007199254740993""#),
        "FLOAT64": (Field("c", FieldType("FLOAT64")), #""1.5E300""#),
        "NUMERIC": (Field("c", FieldType("NUMERIC")), #""12345678901234567890.123456789""#),
        "BIGNUMERIC": (Field("c", FieldType("BIGNUMERIC")), #""0.000000000000000000001""#),
        "BOOL": (Field("c", FieldType("BOOL")), #""true""#),
        "STRING": (Field("c", FieldType("STRING")), #""Morning ride""#),
        "BYTES": (Field("c", FieldType("BYTES")), #""AP8=""#),
        "DATE": (Field("c", FieldType("DATE")), #""2024-01-05""#),
        "TIME": (Field("c", FieldType("TIME")), #""07:12:33.500000""#),
        "DATETIME": (Field("c", FieldType("DATETIME")), #""2024-01-05T07:12:33""#),
        "TIMESTAMP": (Field("c", FieldType("TIMESTAMP")), #""1704438753123456""#),
        "INTERVAL": (Field("c", FieldType("INTERVAL")), #""0-0 1 0:0:0""#),
        "RANGE": (Field("c", FieldType("RANGE")), #""[2024-01-01, UNBOUNDED)""#),
        "GEOGRAPHY": (Field("c", FieldType("GEOGRAPHY")), #""POINT(1.5 2)""#),
        "JSON": (Field("c", FieldType("JSON")), #""{\"a\":[1,2]}""#),
        "STRUCT": (Field("c", FieldType("STRUCT"), fields: [Field("id", .integer)]), #"{"f":[{"v":"7"}]}"#),
        "ARRAY": (Field("c", .integer, isRepeated: true), #"[{"v":"7"},{"v":"8"}]"#),
    ]

    @Test func `the page has each type, and what the decoder makes of it`() throws {
        let rows = try ManualPage("backfill-bigquery.7").table("type")
        #expect(Set(rows.map { $0[0] }) == Set(ManualTests.wire.keys))
        for row in rows {
            let (field, value) = try #require(ManualTests.wire[row[0]])
            if case .unknown = field.type { Issue.record("\(row[0]): a type that the program does not know") }
            #expect(try decoded(field, value) == #"{"c":\#(row[2])}"#)
        }
    }

    private func decoded(_ field: Field, _ value: String) throws -> String {
        var page = try Page(Array(#"{"jobComplete":true,"rows":[{"f":[{"v":\#(value)}]}]}"#.utf8))
        let row = try page.next(RowDecoder(Schema([field])))
        return String(decoding: try #require(row).record.bytes, as: UTF8.self)
    }
}
