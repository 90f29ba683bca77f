import Testing

@testable import NDJSON

@Suite struct FieldPathsTests {
    @Test func `fields are found by their path, at any depth, in the order asked for`() throws {
        let paths = ["start_date", "athlete.id", "id", "map.a.b.c", "athlete"]
        let line =
            #"{"id":1,"x":{"id":9},"athlete":{"name":"A","id":2},"map":{"a":{"b":{"c":[3]}}},"start_date":"now"}"#
        let found = try fields(paths, in: line)
        #expect(texts(found, paths) == [#""now""#, "2", "1", "[3]", #"{"name":"A","id":2}"#])
        #expect(found.object.text == line)
    }

    @Test func `a path that the record does not have gives nothing`() throws {
        for line in [
            "{}", #"{"Id":1}"#, #"{"idx":1}"#, #"{"i":1}"#, #"{"x":{"id":1}}"#, #"{"athlete.id":1}"#,
            #"{"athlete":[{"id":1}]}"#,
        ] {
            #expect(texts(try fields(["id", "athlete.id"], in: line), ["id", "athlete.id"]) == [nil, nil])
        }
        #expect(try fields(["athlete.id"], in: #"{"athlete":null}"#)[0] == nil)
        #expect(try fields(["athlete.id"], in: #"{"athlete":{}}"#)[0] == nil)
    }

    @Test func `a null is a value`() throws {
        #expect(try fields(["id"], in: #"{"id":null}"#)[0]?.kind == .null)
    }

    @Test func `white space anywhere changes nothing`() throws {
        let found = try fields(["a.b", "c"], in: " \t{ \"a\" : { \"b\" : 1 , \"x\" : { } } , \"c\" : [ 2 ] } \r")
        #expect(texts(found, ["a.b", "c"]) == ["1", "[ 2 ]"])
    }

    @Test(arguments: [#"\u0069d"#, #"\u0069\u0064"#, #"i\u0064"#])
    func `a key is the same key when it is escaped`(_ key: String) throws {
        #expect(try fields(["id"], in: "{\"\(key)\":7}")[0]?.id == 7)
        #expect(try fields(["a.id"], in: "{\"\\u0061\":{\"\(key)\":7}}")[0]?.id == 7)
    }

    @Test func `keys may be empty, long or outside ASCII`() throws {
        let long = String(repeating: "k", count: 200)
        let paths = ["", ".", "é.🚴", long, String(repeating: "k", count: 63)]
        let found = try fields(paths, in: "{\"\":{\"\":1},\"é\":{\"\\ud83d\\udeb4\":2},\"\(long)\":3}")
        #expect(texts(found, paths) == [#"{"":1}"#, "1", "2", "3", nil])
    }

    @Test func `of a key that stands twice the last counts, with all that is below it`() throws {
        let paths = ["athlete.id", "id", "athlete"]
        func found(_ line: String) throws -> [String?] { texts(try fields(paths, in: line), paths) }
        #expect(try found(#"{"id":1,"id":2}"#) == [nil, "2", nil])
        #expect(try found(#"{"athlete":{"id":1},"athlete":5}"#) == [nil, nil, "5"])
        #expect(try found(#"{"athlete":{"id":1},"athlete":{}}"#) == [nil, nil, "{}"])
        #expect(try found(#"{"athlete":5,"athlete":{"id":1}}"#) == ["1", nil, #"{"id":1}"#])
        #expect(
            try found(#"{"athlete":{"id":1,"id":2},"\u0061thlete":{"id":3,"id":"4"}}"#) == [
                #""4""#, nil, #"{"id":3,"id":"4"}"#,
            ])
    }

    @Test(arguments: [999, 1000, 1001, 1002, 100_000])
    func `a path may be as long as a record may be deep, and a longer one finds nothing`(_ keys: Int) throws {
        let path = Array(repeating: "a", count: keys).joined(separator: ".")
        let object = { (levels: Int) in
            Array((String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)).utf8)
        }
        #expect(try fields([path], in: object(1000))[0]?.text == (keys > 1000 ? nil : keys < 1000 ? "{\"a\":1}" : "1"))
        #expect(throws: JSONError.tooDeep) { try fields([path], in: object(1001)) }
        #expect(throws: JSONError.tooDeep) { try fields([path], in: object(keys + 1000)) }
    }

    @Test(arguments: ["1.10", "-0", "1e3", "0.30000000000000004", "123456789012345678901234567890"])
    func `a number keeps its text`(_ number: String) throws {
        #expect(try fields(["a.n"], in: "{\"a\":{\"n\":\(number)}}")[0]?.text == number)
    }

    @Test(arguments: ["1", #""a""#, "null", "true", "[{}]", "[]"])
    func `a line that is no object is refused, with its beginning`(_ text: String) {
        #expect(throws: JSONError.notAnObject(Excerpt(text))) { try fields(["id"], in: text) }
    }

    @Test func `as many paths as there are places can be asked for`() throws {
        let paths = (0..<FieldPaths.most).map { "k\($0)" }
        let members = paths.enumerated().map { #""\#($1)":\#($0)"# }
        let found = try fields(paths, in: "{\(members.reversed().joined(separator: ","))}")
        #expect(texts(found, paths) == (0..<FieldPaths.most).map { "\($0)" })
    }

    @Test(arguments: 1...200)
    func `a field is what walking along the members gives`(_ seed: Int) throws {
        let paths = [
            "a", "a.b", "a.b.c", "b/", "b/.a", "", ".a", "c.Ünicode", "a key that is longer than sixteen bytes.a",
        ]
        var documents = RandomJSON(seed: seed)
        for _ in 0..<50 {
            let document = documents.object(levels: 5)
            let found = try fields(paths, in: document)
            for (index, path) in paths.enumerated() {
                let keys = path.split(separator: ".", omittingEmptySubsequences: false)
                let walked = keys.reduce(found.object as JSONValue?) { $0?[String($1)] }
                #expect(found[index]?.text == walked?.text, "\(path) in \(document)")
            }
        }
    }

    private func texts(_ fields: Fields, _ paths: [String]) -> [String?] { paths.indices.map { fields[$0]?.text } }
}
