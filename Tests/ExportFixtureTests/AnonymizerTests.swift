import NDJSON
import Testing

@testable import export_fixture

@Suite struct AnonymizerTests {
    /// The fake of an id under the tests' key.
    private func fake(_ id: Int64) throws -> Int64 {
        var ids = FakeIDs(key: key)
        return try ids.fake(of: id)
    }

    @Test func `members keep their order, and what is kept its text`() throws {
        let record = #"{"distance":1.10, "x":2,"id":101,"commute":true,"type":"Ride","moving_time":"12"}"#
        let result = try anonymized(record)
        let expected = #"{"distance":1.10,"id":\#(try fake(101)),"commute":true,"type":"Ride","moving_time":"12"}"#
        #expect(result.text == expected)
    }

    @Test func `an id has the same fake in every column and notation`() throws {
        let record = """
            {"id":12345,"upload_id_str":"12345","gear_id":"b12345","athlete":{"id":12345},"laps":[{"id":12345}]}
            """
        let number = try fake(12345)
        let expected = """
            {"id":\(number),"upload_id_str":"\(number)","gear_id":"b\(number)","athlete":{"id":\(number)},\
            "laps":[{"id":\(number)}]}
            """
        #expect(try anonymized(record).text == expected)
    }

    @Test(arguments: [
        "0", "-1", "1.5", "1e3", "9223372036854775808", #""007""#, #""b007""#, #""b""#, "\"\"", #""john12345""#,
        #""é12345""#, #"" 12345""#, "true", #""b99999999999999999999""#, #""b1_000""#,
    ])
    func `what is no id is not passed where one is due`(value: String) throws {
        let result = try anonymized(#"{"gear_id":\#(value),"commute":false}"#)
        #expect(result.text == #"{"commute":false}"#)
        #expect(result.messages == ["gear_id: not an id: removed from 1 record; treat it otherwise in a --policy FILE"])
    }

    @Test func `null stays null, and a column that is removed goes with its null`() throws {
        let record = #"{"id":null,"name":null,"athlete":null,"distance":null,"laps":[null],"map":null}"#
        let result = try anonymized(record)
        #expect(result.text == #"{"id":null,"name":null,"athlete":null,"distance":null,"laps":[null]}"#)
        #expect(result.messages.isEmpty)
    }

    @Test func `a text is replaced by one with the fake id of what it belongs to`() throws {
        let record = #"{"name":"Home – work","id":101,"gear":{"id":"g7","name":"Anna's shoes"},"timezone":"x"}"#
        let (activity, gear) = (try fake(101), try fake(7))
        let expected = """
            {"name":"activity-\(activity)","id":\(activity),\
            "gear":{"id":"g\(gear)","name":"gear-g\(gear)"},"timezone":"(GMT+00:00) GMT"}
            """
        #expect(try anonymized(record).text == expected)
    }

    @Test(arguments: [#"{"name":"a"}"#, #"{"id":"x","name":"a"}"#, #"{"id":null,"name":"a"}"#])
    func `a text that belongs to nothing with an id has a question mark`(record: String) throws {
        #expect(try anonymized(record).text.hasSuffix(#""name":"activity-?"}"#))
    }

    @Test func `an id that the policy keeps is in no replacement`() throws {
        let policy = #"{"id":"keep","name":{"replace":"n#"}}"#
        #expect(try anonymized(#"{"id":101,"name":"a"}"#, policy).text == #"{"id":101,"name":"n?"}"#)
    }

    @Test(arguments: ["5", #"{"a":"secret"}"#, #"["secret"]"#, "true", "\"\""])
    func `a replacement takes the place of whatever stands there`(value: String) throws {
        let policy = ##"{"a":{"replace":[]},"b":{"replace":"#"},"c":{"replace":1.10}}"##
        let result = try anonymized(#"{"a":\#(value),"b":\#(value),"c":\#(value)}"#, policy)
        #expect(result.text == #"{"a":[],"b":"?","c":1.10}"#)
        #expect(result.messages.isEmpty)
    }

    @Test(arguments: [
        (
            "distance", #""Bahnhofstrasse 1""#, "not a number, a time or a single word",
            #""keep text" in a --policy FILE keeps it"#
        ),
        (
            "type", #""\#(String(repeating: "a", count: 41))""#, "not a number, a time or a single word",
            #""keep text" in a --policy FILE keeps it"#
        ),
        ("type", #""a,b""#, "not a number, a time or a single word", #""keep text" in a --policy FILE keeps it"#),
        (
            "type", #""Z\u00fcrich""#, "not a number, a time or a single word",
            #""keep text" in a --policy FILE keeps it"#
        ),
        ("distance", #"{"id":1}"#, "not a single value", "treat it otherwise in a --policy FILE"),
        ("distance", #"[[1]]"#, "not a single value", "treat it otherwise in a --policy FILE"),
        ("id", #"{"id":1}"#, "not a single value", "treat it otherwise in a --policy FILE"),
        ("athlete", #""Anna""#, "not an object", "treat it otherwise in a --policy FILE"),
        ("athlete", "7", "not an object", "treat it otherwise in a --policy FILE"),
        ("laps", "[[{}]]", "not an object", "treat it otherwise in a --policy FILE"),
    ])
    func `what is other than its treatment expects is left out and named`(
        column: String, value: String, why: String, wayOut: String
    ) throws {
        let result = try anonymized(#"{"\#(column)":\#(value)}"#)
        #expect(["{}", #"{"\#(column)":[]}"#].contains(result.text))
        #expect(result.messages == ["\(column): \(why): removed from 1 record; \(wayOut)"])
    }

    @Test(arguments: [
        #""Ride""#, #""heart_rate""#, #""1.10""#, #""-5""#, #""2024-01-05T07:12:33.123456Z""#,
        #""2024-01-05 07:12:33 UTC""#,
        "\"\"", "1e400", "-0", "false", #"["a","b"]"#, "[]",
    ])
    func `numbers, times and single words are kept`(value: String) throws {
        let result = try anonymized(#"{"type":\#(value)}"#)
        #expect(result.text == #"{"type":\#(value)}"#)
        #expect(result.messages.isEmpty)
    }

    @Test func `any text is kept where the policy says so, and no object`() throws {
        let policy = #"{"a":"keep text"}"#
        #expect(try anonymized(#"{"a":"caf\u00e9, 1"}"#, policy).text == #"{"a":"caf\u00e9, 1"}"#)
        #expect(try anonymized(#"{"a":{"b":1}}"#, policy).text == "{}")
    }

    @Test func `columns that nobody knows are left out at every level, and named once`() throws {
        var anonymizer = try anonymizer()
        let record = #"{"id":1,"x":{"y":1},"athlete":{"id":2,"city":"Bern"},"laps":[{"z":1},{"z":2}],"athlete.id":3}"#
        for _ in 0..<2 {
            let text = try anonymizer.anonymize(JSONValue(parsing: Array(record.utf8))).string
            #expect(text == #"{"id":\#(try fake(1)),"athlete":{"id":\#(try fake(2))},"laps":[{},{}]}"#)
        }
        let names = ["x", "athlete.city", "laps.z", "athlete.id"]
        #expect(
            anonymizer.removals.messages
                == names.map {
                    "\($0): not in the policy: removed from 2 records; list it in a --policy FILE to keep it"
                })
        #expect(!anonymizer.removals.hasMisfits)
    }

    @Test func `a key that stands twice is treated twice`() throws {
        let result = try anonymized(#"{"id":1,"id":2,"\u0069d":3,"name":"a","name":"b"}"#)
        let ids = [try fake(1), try fake(2), try fake(3)]
        let name = "activity-\(ids[2])"
        #expect(
            result.text == #"{"id":\#(ids[0]),"id":\#(ids[1]),"id":\#(ids[2]),"name":"\#(name)","name":"\#(name)"}"#)
    }
}
