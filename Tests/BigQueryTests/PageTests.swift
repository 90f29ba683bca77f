import NDJSON
import Testing

@testable import BigQuery

@Suite struct PageTests {
    private func page(_ json: String) throws -> Page { try Page(Array(json.utf8)) }

    private func text(_ row: Row) -> String { String(decoding: row.record.bytes, as: UTF8.self) }

    // MARK: What stands beside the rows

    @Test func `the members of an answer are found behind the rows as well as before them`() throws {
        let page = try page(
            #"""
            {
              "rows": [{"f": [{"v": "1"}]}], "pageToken": "a=", "totalRows": "7", "jobComplete": true,
              "errors": [{"message": "slow"}], "schema": {"fields": [{"name": "id", "type": "INTEGER"}]}
            }
            """#)
        #expect(page.isComplete)
        #expect(page.token == "a=")
        #expect(page.totalRows == 7)
        #expect(page.errors.count == 1)
        #expect(page.schema == Schema([Field("id", .integer)]))
    }

    @Test func `an answer without members has nothing, and no rows`() throws {
        var page = try page(#"{"pageToken":""}"#)
        #expect(!page.isComplete)
        #expect(page.token == nil)
        #expect(page.totalRows == nil)
        #expect(page.errors.isEmpty)
        #expect(page.schema == nil)
        #expect(try page.next(RowDecoder(Schema([]))) == nil)
        #expect(try self.page(#"{"schema":{}}"#).schema == Schema([]))
    }

    @Test(arguments: ["", "<html>", "[]", #"{"rows":[{"f":[}]}"#, #"{"a":1} x"#])
    func `a body that is no JSON object is no page`(body: String) {
        #expect(throws: AnswerDefect.notJSON(Excerpt(body))) { _ = try page(body) }
    }

    // MARK: Rows

    @Test func `rows come in order, then none, however often it is asked`() throws {
        let decoder = try RowDecoder(Schema([Field("id", .integer)]))
        var page = try page(#"{"rows":[{"f":[{"v":"1"}]} , {"f":[{"v":"2"}]}]}"#)
        #expect(!page.isEmpty)
        #expect(try page.next(decoder).map(text) == #"{"id":1}"#)
        #expect(try page.next(decoder).map(text) == #"{"id":2}"#)
        #expect(page.isEmpty)
        #expect(try page.next(decoder).map(text) == nil)
        #expect(try page.next(decoder).map(text) == nil)
    }

    @Test(arguments: [
        (#"{"f":[]}"#, 0), (#"{"f":[{"v":"1"}]}"#, 1), (#"{"f":[{"v":"1"},{"v":"2"},{"v":"3"}]}"#, 3), ("{}", 0),
        ("1", 0), (#"{"f":1}"#, 0), (#"{"f":null}"#, 0), (#"["f"]"#, 0),
    ])
    func `a row with another number of values than columns is an error`(row: String, count: Int) throws {
        let decoder = try RowDecoder(Schema([Field("a", .string), Field("b", .string)]))
        var page = try page(#"{"rows":[\#(row)]}"#)
        #expect(throws: AnswerDefect.values(count: count, columns: 2)) { _ = try page.next(decoder) }
    }

    @Test func `a record without fields is an empty object, whatever stands beside its cells`() throws {
        let decoder = try RowDecoder(Schema([Field("a", .record), Field("b", .record)]))
        var page = try page(
            #"{"rows":[{"f":[{"v":{"f":[]}},{"v":{"x":1,"f":[ ],"y":2}}]},{"f":[{"v":{"f":1}},{"v":null}]}]}"#)
        #expect(try page.next(decoder).map(text) == #"{"a":{},"b":{}}"#)
        #expect(throws: AnswerDefect.values(count: 0, columns: 0)) { _ = try page.next(decoder) }
    }

    @Test func `a cell with two values is an error, since only one of them would count`() throws {
        let decoder = try RowDecoder(Schema([Field("a", .string)]))
        var page = try page(#"{"rows":[{"f":[{"v":"1","x":0,"v":"2"}]}]}"#)
        #expect(throws: AnswerDefect.self) { _ = try page.next(decoder) }
    }

    @Test func `a row may be as large as it likes`() throws {
        let long = String(repeating: "0123456789", count: 100_000)
        let document = #"{"a":"\#(long)"}"#
        let wire = #""{\"a\":\"\#(long)\"}""#
        let texts = #"[{"v":"\#(long)"},{"v":"\#(long)"}]"#
        for (type, value, json) in [
            (FieldType.string, "\"\(long)\"", "\"\(long)\""), (.numeric, "\"1\(long)\"", "1\(long)"),
            (.json, wire, document),
        ] {
            let fields = [Field("a", type), Field("b", type, isRepeated: true), Field("c", .string, isRepeated: true)]
            let decoder = try RowDecoder(Schema(fields))
            var page = try page(#"{"rows":[{"f":[{"v":\#(value)},{"v":[{"v":\#(value)}]},{"v":\#(texts)}]}]}"#)
            #expect(
                try page.next(decoder).map(text) == #"{"a":\#(json),"b":[\#(json)],"c":["\#(long)","\#(long)"]}"#)
        }
    }

    @Test func `a row may have as many and as long names as it likes`() throws {
        let names = (100..<300).map { String(repeating: "n", count: 1500) + "\($0)" }
        let decoder = try RowDecoder(Schema(names.map { Field($0, .integer) }))
        let cells = names.map { _ in #"{"v":"1"}"# }.joined(separator: ",")
        var page = try page(#"{"rows":[{"f":[\#(cells)]}]}"#)
        let members = names.map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(try page.next(decoder).map(text) == "{\(members)}")
    }

    // MARK: Chance

    @Test(arguments: 1...300)
    func `rows of any schema and notation become what the plain decoder makes of them`(seed: Int) throws {
        var rows = RandomRows(seed: seed)
        let fields = rows.fields(levels: 3)
        let decoder = try RowDecoder(Schema(fields))
        for _ in 0..<10 {
            let row = rows.row(fields)
            var page = try page(#"{"rows":[\#(row)]}"#)
            let record = try? page.next(decoder)
            #expect(record.map(text) == TreeDecoder.record(fields, try JSONValue(parsing: Array(row.utf8))), "\(row)")
        }
    }

    @Test(arguments: 1...100)
    func `a page that was cut or changed is refused, or decoded as the plain decoder does, and never a trap`(
        seed: Int
    ) throws {
        var rows = RandomRows(seed: seed)
        let fields = rows.fields(levels: 2)
        let decoder = try RowDecoder(Schema(fields))
        let whole = Array(#"{"rows":[\#(rows.row(fields)),\#(rows.row(fields))]}"#.utf8)
        for _ in 0..<60 {
            var body = whole
            if Bool.random(using: &rows.random) {
                body.removeLast(Int.random(in: 1...body.count, using: &rows.random))
            } else {
                for _ in 0..<Int.random(in: 1...2, using: &rows.random) {
                    let byte = Array(#"{}[]:,"\ 0fvx-.n"#.utf8).randomElement(using: &rows.random) ?? 0
                    body[Int.random(in: body.indices, using: &rows.random)] = byte
                }
            }
            guard var page = try? Page(body) else { continue }
            var plain = (try JSONValue(parsing: body)["rows"]?.elements ?? [])[...]
            while let row = try? page.next(decoder) {
                let expected = plain.popFirst().flatMap { TreeDecoder.record(fields, $0) }
                #expect(text(row) == expected, "\(String(decoding: body, as: UTF8.self))")
            }
        }
    }
}
