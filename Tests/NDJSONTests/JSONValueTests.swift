import Testing

@testable import NDJSON

@Suite struct JSONValueTests {
    @Test func `a document may have line feeds wherever the grammar has white space`() throws {
        let document = try parse("\n{\n  \"jobs\": [\n    {\"id\": \"a\"},\r\n\t{\"id\": \"b\"}\n  ]\n}\n\n")
        #expect(document["jobs"]?.elements.map { $0["id"]?.string } == ["a", "b"])
        #expect(document.text.hasPrefix("{") && document.text.hasSuffix("}"))
    }

    @Test func `a document is one value`() {
        #expect(throws: JSONError.syntax(.trailing, column: 4)) { try parse("{}\n{}") }
        #expect(throws: JSONError.syntax(.end, column: 1)) { try JSONValue(parsing: []) }
    }

    @Test func `the kind is told`() throws {
        let kinds = try parse(#"[{}, [], "", 0, -1, true, false, null]"#).elements.map(\.kind)
        #expect(kinds == [.object, .array, .string, .number, .number, .true, .false, .null])
    }

    @Test func `a value of another kind than asked for is nothing`() throws {
        for text in ["{}", "[]", "null", #""1""#, "1", "true"] {
            let value = try parse(text)
            #expect((value.string != nil) == (value.kind == .string))
            #expect((value.integer != nil) == (value.kind == .number))
            #expect((value.boolean != nil) == (value.kind == .true))
            #expect(value["a"] == nil)
            #expect(value.elements.isEmpty)
            value.forEachMember { key, _ in Issue.record("\(key) in \(text)") }
        }
        #expect(try parse("true").boolean == true)
        #expect(try parse("false").boolean == false)
    }

    // MARK: Members and elements

    @Test func `members come in order, with their keys decoded`() throws {
        var members: [String] = []
        let object = try parse(#"{ "a" : 1,"\u0062\/":[2 , {"x":3}] , "":"" ,"c": {"c":{}}, "a":null }"#)
        object.forEachMember { key, value in members.append("\(key)=\(value.text)") }
        #expect(members == ["a=1", #"b/=[2 , {"x":3}]"#, "=\"\"", #"c={"c":{}}"#, "a=null"])
    }

    @Test func `elements come in order, each with its own text`() throws {
        let elements = try parse(#"[1,[2,[3]] , "a,]\"" ,{"b":[4]},-1.50,null]"#).elements
        #expect(elements.map(\.text) == ["1", "[2,[3]]", #""a,]\"""#, #"{"b":[4]}"#, "-1.50", "null"])
        #expect(elements[1].elements[1].elements[0].integer == 3)
        #expect(elements[3]["b"]?.elements.first?.integer == 4)
    }

    @Test func `containers that are empty hold nothing`() throws {
        for text in ["[]", "[ ]", "{}", "{ \n }"] {
            let value = try parse(text)
            #expect(value.elements.isEmpty)
            value.forEachMember { key, _ in Issue.record("\(key) in \(text)") }
        }
    }

    @Test func `of members with one key the last is found`() throws {
        #expect(try parse(#"{"a":1,"b":2,"\u0061":3}"#)["a"]?.integer == 3)
    }

    @Test func `a key is found by its bytes, not by what Unicode calls equivalent`() throws {
        let object = try parse(#"{"K":1,"\u212a":2,"\u00e9":3,"e\u0301":4}"#)
        #expect(object["K"]?.integer == 1)
        #expect(object["\u{E9}"]?.integer == 3)
        #expect(try parse(#"{"\u212a":2}"#)["K"] == nil)
    }

    @Test func `a walk ends with what the body throws`() throws {
        struct Enough: Error {}
        let array = try parse("[1,2,3]")
        var seen = 0
        #expect(throws: Enough.self) {
            try array.forEachElement { _ in
                seen += 1
                if seen == 2 { throw Enough() }
            }
        }
        #expect(seen == 2)
    }

    // MARK: Strings

    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), (#""é€🚴""#, "é€🚴"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\u{0}"), (#""\u00E9\u00e9""#, "éé"), (#""\u20AC""#, "€"), (#""\ud83d\udeb4""#, "🚴"),
        (#""\uD800\uDC00""#, "\u{10000}"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uFFFFa\uE000""#, "\u{FFFF}a\u{E000}"), (#""é\né""#, "é\né"),
        (#""\\u0041""#, #"\u0041"#),
    ])
    func `a string says what its escapes stand for`(_ example: (text: String, says: String)) throws {
        let string = try parse(example.text).string
        // Compared by scalars: Swift's `==` would take equivalent characters for the same.
        #expect(string.map { Array($0.unicodeScalars) } == Array(example.says.unicodeScalars))
    }

    @Test func `every code unit of an escape is decoded`() throws {
        for unit in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(unit) else { continue }
            let digits = String(unit, radix: 16)
            let text = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
            guard try parse(text).string?.unicodeScalars.first != scalar else { continue }
            Issue.record("\(text)")
        }
    }

    // MARK: Numbers and ids

    static let integers: [Int64] = [
        .min, .min + 1, -9_007_199_254_740_993, -1, 0, 1, 9_007_199_254_740_993, .max - 1, .max,
    ]

    @Test(arguments: integers)
    func `integers are exact over all of Int64`(_ number: Int64) throws {
        #expect(try parse("\(number)").integer == number)
        #expect(try parse("{\"a\":[\(number)]}")["a"]?.elements.first?.integer == number)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "1E0", "100000000000000000000"])
    func `a number that is no integer within Int64 is no integer, and keeps its text`(_ number: String) throws {
        let value = try parse(number)
        #expect(value.integer == nil)
        #expect(value.text == number)
    }

    static let ids: [(text: String, id: Int64)] = [
        ("1", 1), ("42", 42), (#""42""#, 42), ("9007199254740993", 9_007_199_254_740_993),
        (#""9223372036854775807""#, .max),
    ]

    @Test(arguments: ids)
    func `an id is an integer above zero, or a string of its digits`(_ example: (text: String, id: Int64)) throws {
        #expect(try parse(example.text).id == example.id)
    }

    @Test(arguments: [
        "0", "-1", "-0", "1.0", "1e3", "9223372036854775808", "18446744073709551617", "10000000000000000000", #""""#,
        #""0""#, #""007""#, #""-1""#,
        #""+1""#, #"" 1""#, #""1 ""#, #""1.0""#, #""1e3""#, #""9223372036854775808""#, #""0x1""#, #""１""#, #""\u0031""#,
        "true", "null", "[1]", #"{"id":1}"#,
    ])
    func `anything else is no id`(_ text: String) throws {
        #expect(try parse(text).id == nil)
    }

    private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(arguments: [
        #""2024-01-05T07:12:33Z""#, #""2024-01-05 07:12:33 UTC""#, "1704438753", #""1704438753000000""#,
    ])
    func `a moment is read in every form that records have`(json: String) throws {
        #expect(try JSONValue(parsing: Array(json.utf8)).timestamp?.unixSeconds == 1_704_438_753)
    }
}
