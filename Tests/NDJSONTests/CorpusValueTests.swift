import TestSupport
import Testing

@testable import NDJSON

/// What valid JSON can hold that other parsers round, cut, or fall over.
@Suite struct CorpusValueTests {
    // MARK: Ids

    @Test(
        arguments: [
            ("1", 1), ("9", 9), ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int64.max),
            ("\"123\"", 123), ("\"9223372036854775807\"", Int64.max),
        ] as [(String, Int64)])
    func `an id is an integer above 0 within Int64, or a string of its digits`(_ id: (text: String, value: Int64))
        throws
    {
        for key in ["id", "\\u0069d", "i\\u0064", "\\u0069\\u0064"] {
            let line = "{\"id\":0,\"\(key)\":\(id.text)}"
            #expect(try fields(["id"], in: line)[0]?.id == id.value)
            #expect(try fields(["a.id"], in: "{\"a\":\(line)}")[0]?.id == id.value)
            #expect(try JSONValue(parsing: Array(line.utf8))["id"]?.id == id.value)
        }
    }

    @Test(arguments: [
        "0", "-0", "-1", "1.0", "1e3", "1E3", "10e-1", "0.5", "9223372036854775808", "10000000000000000000",
        "12345678901234567890", "99999999999999999999", "1e400", "-9223372036854775808", "\"\"", "\"0\"", "\"007\"",
        "\"-1\"", "\"+1\"", "\"1.0\"", "\"1e3\"", "\" 1\"", "\"1 \"", "\"1\\n\"", "\"\\u0031\"", "\"１\"", "\"١\"",
        "\"9223372036854775808\"", "\"12345678901234567890\"", "\"0x1F\"", "\"a\"", "null", "true", "[1]", "{\"id\":1}",
    ])
    func `what is no such integer is no id, and keeps its text`(_ text: String) throws {
        let found = try fields(["id"], in: "{\"id\":\(text)}")
        #expect(found[0]?.text == text)
        #expect(found[0]?.id == nil)
    }

    // MARK: Numbers

    @Test(arguments: [
        "1e400", "-1e400", "1e-400", "-0", "-0.0", "1.10", "1E+2", "0.1000000000000000055511151231257827",
        "123456789012345678901234567890", "9007199254740993",
    ])
    func `a number is its text, however large, small or exact`(_ number: String) throws {
        let line = "{\"n\":\(number),\"a\":{\"n\":[\(number)]}}"
        let found = try fields(["n", "a.n"], in: line)
        #expect(found[0]?.text == number)
        #expect(found[1]?.elements.first?.text == number)
        #expect(found.object.text == line)
    }

    // MARK: Keys

    @Test(
        arguments: [
            (#"{"id":1,"id":2}"#, nil, "2"),
            (#"{"id":1,"\u0069d":2}"#, nil, "2"),
            (#"{"\u0069d":1,"id":null}"#, nil, "null"),
            (#"{"athlete":{"id":1},"athlete":{"id":2}}"#, "2", nil),
            (#"{"athlete":{"id":1},"athlete":{}}"#, nil, nil),
            (#"{"athlete":{"id":1},"athlete":{"name":"x"}}"#, nil, nil),
            (#"{"athlete":{"id":1},"athlete":null}"#, nil, nil),
            (#"{"athlete":{"id":1},"\u0061thlete":[{"id":2}]}"#, nil, nil),
            (#"{"athlete":{"id":1,"id":2},"x":{"athlete":{"id":3}}}"#, "2", nil),
            (#"{"athlete":{"id":{"id":1}},"id":7,"x":{"id":8}}"#, #"{"id":1}"#, "7"),
        ] as [(String, String?, String?)])
    func `of a key that stands twice the last counts, with all that is below it`(
        _ record: (line: String, athlete: String?, id: String?)
    ) throws {
        let found = try fields(["athlete.id", "id"], in: record.line)
        #expect(found[0]?.text == record.athlete)
        #expect(found[1]?.text == record.id)
    }

    @Test func `a key may be a megabyte long, looked for or not`() throws {
        let key = String(repeating: "k", count: 1 << 20)
        let line = Array("{\"id\":7,\"\(key)\":8,\"a\":{\"\(key)\":9}}".utf8)
        let found = try Fields(parsing: line, at: FieldPaths(["id", key, "a.\(key)", "a.\(key)k"]))
        #expect((0..<4).map { found[$0]?.id } == [7, 8, 9, nil])
    }

    @Test func `an object may have ten thousand keys`() throws {
        let members = (0..<10_000).map { "\"k\($0)\":\($0)" }
        let line = Array("{\(members.joined(separator: ","))}".utf8)
        let found = try Fields(parsing: line, at: FieldPaths(["k0", "k5000", "k9999", "k10000"]))
        #expect((0..<4).map { found[$0]?.text } == ["0", "5000", "9999", nil])
        var count = 0
        found.object.forEachMember { _, _ in count += 1 }
        #expect(count == 10_000)
    }
}
