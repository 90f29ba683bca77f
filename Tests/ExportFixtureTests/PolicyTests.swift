import NDJSON
import TestSupport
import Testing

@testable import export_fixture

@Suite struct PolicyTests {
    @Test(arguments: SchemaColumn.schemas)
    func `the default policy has a treatment for each column of the three schemas`(schema: String) throws {
        let policy = try Policy(Array(DefaultPolicy.text.utf8))
        for path in SchemaColumn.paths(try SchemaColumn.schema(schema)) {
            #expect(treatment(of: path, in: policy) != nil, "\(path)")
        }
    }

    /// Of the column, or of one that it is in.
    private func treatment(of path: String, in policy: Policy) -> Treatment? {
        var group = policy.root
        for key in path.split(separator: ".").map(String.init) {
            switch group.columns[key] {
            case .group(let inner): group = inner
            case .value(let treatment, _): return treatment
            case nil: return nil
            }
        }
        return nil
    }

    @Test func `a treatment is one of four words or a replacement, and keys with a number sign are remarks`() throws {
        let text =
            ##"{"# why":"because","a":"keep","b.c":"keep text","b.d":"hash","e":"remove","f":{"replace":"x-#"}}"##
        let policy = try Policy(Array(text.utf8))
        let found = ["a", "b.c", "b.d", "e", "f", "# why"].map { treatment(of: $0, in: policy) }
        #expect(found == [.keep, .keepText, .hash, .remove, .replace(["\"x-", "\""]), nil])
    }

    @Test(arguments: [
        ("{\"a\":\"keep\"\n,\"b\":}", PolicyError.notJSON(.unexpected(0x7D), line: 2)),
        ("[]", .notAnObject(Excerpt("[]"))),
        (#"{"a":"kept"}"#, .noTreatment(Excerpt("a"), Excerpt("\"kept\""))),
        (#"{"a":{"replace":1,"keep":2}}"#, .noTreatment(Excerpt("a"), Excerpt(#"{"replace":1,"keep":2}"#))),
        (#"{"a":null}"#, .noTreatment(Excerpt("a"), Excerpt("null"))),
        (#"{"":"keep"}"#, .noPath(Excerpt(""))),
        (#"{"a..b":"keep"}"#, .noPath(Excerpt("a..b"))),
        (#"{"a":"keep","a":"remove"}"#, .twice(Excerpt("a"))),
        (#"{"a.b":"keep","a.b":"keep"}"#, .twice(Excerpt("a.b"))),
        (#"{"a":"remove","a.b":"keep"}"#, .wholeAndParts(Excerpt("a"))),
        (#"{"a.b.c":"keep","a.b":"remove"}"#, .wholeAndParts(Excerpt("a.b"))),
    ])
    func `a policy that could be read in two ways is none`(text: String, error: PolicyError) {
        #expect(throws: error) { _ = try Policy(Array(text.utf8)) }
    }

    @Test func `a path has at most a hundred keys`() throws {
        let deep = (0..<100).map { "k\($0)" }.joined(separator: ".")
        _ = try Policy(Array("{\"\(deep)\":\"keep\"}".utf8))
        #expect(throws: PolicyError.noPath(Excerpt("\(deep).x"))) {
            _ = try Policy(Array("{\"\(deep).x\":\"keep\"}".utf8))
        }
    }

    @Test func `an error says the line and what was expected`() {
        #expect("\(PolicyError.notJSON(.end, line: 7))" == "line 7: not JSON: it ends too early")
        #expect("\(PolicyError.twice(Excerpt("a.b")))" == "a.b: stands twice")
    }
}
