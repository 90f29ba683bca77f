import NDJSON
import Testing

@testable import BigQuery

@Suite struct RowDecoderTests {
    private func decoded(_ fields: [Field], _ values: String) throws -> String {
        let decoder = try RowDecoder(Schema(fields))
        return String(decoding: try row("{\"f\":[\(values)]}", decoder).record.bytes, as: UTF8.self)
    }

    private func row(_ json: String, _ decoder: RowDecoder) throws -> Row {
        var page = try Page(Array(#"{"jobComplete":true,"rows":[\#(json)]}"#.utf8))
        return try #require(try page.next(decoder))
    }

    @Test(arguments: [
        (FieldType.integer, #""9223372036854775807""#, "9223372036854775807"),
        (.integer, #""-9223372036854775808""#, "-9223372036854775808"), (.integer, #""1\u0032""#, "12"),
        (.integer, "7", "7"), (.boolean, "false", "false"), (.boolean, #""0""#, "false"),
        (.float, #""1.1""#, "1.1"), (.float, #""1.0E300""#, "1e300"), (.float, #""1e+300""#, "1e300"),
        (.float, #""-0.0""#, "-0.0"), (.float, #""NaN""#, #""NaN""#), (.float, #""nan""#, #""NaN""#),
        (.float, #""inf""#, #""Infinity""#), (.float, #""-Infinity""#, #""-Infinity""#), (.float, "1.5", "1.5"),
        (.numeric, #""1.100000000""#, "1.100000000"),
        (.numeric, #""-99999999999999999999999999999.999999999""#, "-99999999999999999999999999999.999999999"),
        (.boolean, #""true""#, "true"), (.boolean, #""false""#, "false"), (.boolean, #""T""#, "true"),
        (.string, #""a\"b\n\u00e9""#, #""a\"b\n\u00e9""#), (.bytes, #""/+8=""#, #""/+8=""#),
        (.date, #""2024-01-05""#, #""2024-01-05""#), (.time, #""07:12:33.120000""#, #""07:12:33.120000""#),
        (.dateTime, #""2024-01-05T07:12:33""#, #""2024-01-05T07:12:33""#),
        (.geography, #""POINT(1.5 2)""#, #""POINT(1.5 2)""#), (.interval, #""0-0 1 0:0:0""#, #""0-0 1 0:0:0""#),
        (.range, #""[2024-01-01, UNBOUNDED)""#, #""[2024-01-01, UNBOUNDED)""#),
        (.timestamp, #""1704438753123456""#, #""2024-01-05T07:12:33.123456Z""#),
        (.timestamp, #""-1""#, #""1969-12-31T23:59:59.999999Z""#), (.timestamp, #""0""#, #""1970-01-01T00:00:00Z""#),
        (.timestamp, #""1.704438753123456E9""#, #""2024-01-05T07:12:33.123456Z""#),
        (.timestamp, #""2024-01-05T07:12:33.123456000000Z""#, #""2024-01-05T07:12:33.123456Z""#),
        (.timestamp, #""2024-01-05T07:12:33.123456789012Z""#, #""2024-01-05T07:12:33.123456789012Z""#),
        (.timestamp, #""2024-01-05T07:12:33.000000000001Z""#, #""2024-01-05T07:12:33.000000000001Z""#),
        (.timestamp, #""17044387531234\u00356""#, #""2024-01-05T07:12:33.123456Z""#),
        (
            .timestampRange, #""[1704438753123456, 1704438754000000)""#,
            #""[2024-01-05T07:12:33.123456Z, 2024-01-05T07:12:34Z)""#
        ),
        (.timestampRange, #""[UNBOUNDED, -1)""#, #""[UNBOUNDED, 1969-12-31T23:59:59.999999Z)""#),
        (.json, #""{\"a\": [1,\n 1.10]}""#, #"{"a": [1, 1.10]}"#), (.json, #""null""#, "null"),
        (.json, #""\"\ud83d\udeb4\u00e9\"""#, #""🚴é""#),
        (.unknown("VECTOR"), #""x""#, #""x""#),
    ])
    func `every type has one JSON form`(type: FieldType, wire: String, json: String) throws {
        #expect(try decoded([Field("c", type)], #"{"v":\#(wire)}"#) == #"{"c":\#(json)}"#)
        #expect(try decoded([Field("c", type)], #"{"v":null}"#) == #"{"c":null}"#)
        #expect(try decoded([Field("c", type, isRepeated: true)], #"{"v":[{"v":\#(wire)}]}"#) == #"{"c":[\#(json)]}"#)
    }

    @Test func `records are objects and repeated fields arrays, however deep`() throws {
        let fields = [
            Field("id", .integer),
            Field(
                "laps", .record, isRepeated: true,
                fields: [Field("n", .integer), Field("at", .float, isRepeated: true)]),
            Field("map", .record, fields: [Field("id", .string)]),
            Field("zones", .string, isRepeated: true),
        ]
        let values =
            #"{"v":"1"},{"v":[{"v":{"f":[{"v":"2"},{"v":[{"v":"3.5"},{"v":null}]}]}},"#
            + #"{"v":{"f":[{"v":null},{"v":[]}]}}]},{"v":{"f":[{"v":null}]}},{"v":[]}"#
        #expect(
            try decoded(fields, values)
                == #"{"id":1,"laps":[{"n":2,"at":[3.5,null]},{"n":null,"at":[]}],"map":{"id":null},"zones":[]}"#)
        #expect(try decoded([fields[2], fields[3]], #"{"v":null},{"v":null}"#) == #"{"map":null,"zones":[]}"#)
    }

    @Test(arguments: [
        (FieldType.integer, "1.5"), (.integer, "9223372036854775808"), (.float, "x"), (.boolean, "yes"), (.boolean, ""),
        (.integer, ""), (.integer, "-"), (.numeric, "1."), (.numeric, "01"), (.numeric, ".5"), (.json, "1 2"),
        (.timestamp, "253402300800000000"), (.timestamp, "x"), (.json, "{"), (.record, "x"),
    ])
    func `a value that does not fit its column is no row`(type: FieldType, text: String) {
        #expect(
            throws: AnswerDefect.value(column: "c", type, Excerpt(text))
        ) { try decoded([Field("c", type)], #"{"v":"\#(text)"}"#) }
    }

    @Test func `columns that are no part of the record are kept aside`() throws {
        let schema = Schema([
            Field("position", .integer), Field("found", .boolean), Field("id", .integer), Field("matched", .string),
        ])
        let decoder = try RowDecoder(schema, from: 2, count: 1)
        let first = try row(#"{"f":[{"v":"3"},{"v":"true"},{"v":"7"},{"v":"a\u0062"}]}"#, decoder)
        #expect(String(decoding: first.record.bytes, as: UTF8.self) == #"{"id":7}"#)
        #expect(first.integer(0) == 3)
        #expect(first.isTrue(1))
        #expect(first.text(3) == "ab")
        // What is in the record, and what is not there at all.
        #expect(first.integer(2) == nil)
        #expect(first.integer(4) == nil)
        let second = try row(#"{"f":[{"v":null},{"v":"false"},{"v":"7"},{"v":null}]}"#, decoder)
        #expect(second.integer(0) == nil)
        #expect(!second.isTrue(1))
        #expect(second.text(3) == nil)
        #expect(try row(#"{"f":[{"v":"9"}]}"#, RowDecoder(Schema([schema.fields[0]]), count: 0)).integer(0) == 9)
    }

    @Test func `a schema with fewer columns than the decoder wants is an error`() throws {
        #expect(throws: BigQueryError.unexpected(subject: "query", .values(count: 1, columns: 2))) {
            _ = try RowDecoder(Schema([Field("a", .integer)]), from: 2)
        }
        #expect(throws: BigQueryError.unexpected(subject: "query", .values(count: 1, columns: 4))) {
            _ = try RowDecoder(Schema([Field("a", .integer)]), count: 4)
        }
    }

    @Test func `the ends of a range of timestamps are told by the schema`() throws {
        let json =
            #"{"fields":[{"name":"a","type":"RANGE","rangeElementType":{"type":"TIMESTAMP"}},"#
            + #"{"name":"b","type":"RANGE","rangeElementType":{"type":"DATE"}}]}"#
        let schema = Schema(try JSONValue(parsing: Array(json.utf8)))
        #expect(schema.fields.map(\.type) == [.timestampRange, .range])
        #expect(schema.fields.map(\.type.description) == ["RANGE", "RANGE"])
    }

    @Test func `an unknown type is named once`() throws {
        let fields = [Field("a", .unknown("VECTOR")), Field("b", .record, fields: [Field("c", .unknown("VECTOR"))])]
        #expect(try RowDecoder(Schema(fields)).unknownTypes == ["VECTOR"])
    }
}
