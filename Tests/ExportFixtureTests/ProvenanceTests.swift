import FilterKit
import NDJSON
import Testing

@testable import export_fixture

@Suite struct ProvenanceTests {
    private let report = """
        {"tool":"bq-missing","source":"p.d.t","target":null,"query":"SELECT 1\\nFROM t","parameters":{"excluded":[101]},
         "as_of":"2026-11-27T06:00:00Z","rows":2,"other":{"id":101},"note":"Anna"}
        """

    private func provenance(policySHA256: String?, report: String?) throws -> JSONValue {
        let provenance = Provenance(
            path: "a/b/x.json", skipped: 1, policySHA256: policySHA256,
            report: try report.map { try JobReport(Array($0.utf8)) })
        let text = provenance.text(format: .json, rows: 2, bytes: 30, sha256: "ab")
        #expect(text.last == UInt8(ascii: "\n") && text.count { $0 == UInt8(ascii: "\n") } == 1)
        return try JSONValue(parsing: text)
    }

    @Test func `it tells which bytes it belongs to, and not in which folder`() throws {
        let provenance = try provenance(policySHA256: nil, report: nil)
        #expect(
            provenance.text == """
                {"tool":"export-fixture","version":"\(Version.number)","file":"x.json","format":"json","rows":2,"skipped":1,"bytes":30,\
                "sha256":"ab","anonymized":false,"policy_sha256":null,"as_of":null,"query":null}
                """)
    }

    @Test func `beside records as they came it has the whole report, on its one line`() throws {
        let provenance = try provenance(policySHA256: nil, report: report)
        #expect(provenance["as_of"]?.string == "2026-11-27T06:00:00Z")
        #expect(provenance["query"]?.text == report.replacing("\n", with: " "))
    }

    @Test func `beside a fixture that may be seen the report has no values`() throws {
        let provenance = try provenance(policySHA256: "cd", report: report)
        #expect(provenance["anonymized"]?.boolean == true)
        #expect(provenance["policy_sha256"]?.string == "cd")
        #expect(provenance["as_of"]?.string == "2026-11-27T06:00:00Z")
        let kept = #"{"tool":"bq-missing","source":"p.d.t","target":null,"query":"SELECT 1\nFROM t","#
        #expect(provenance["query"]?.text == kept + #""as_of":"2026-11-27T06:00:00Z","rows":2}"#)
    }

    @Test(arguments: ["{}", #"{"as_of":null}"#])
    func `a query without a moment has none`(report: String) throws {
        #expect(try provenance(policySHA256: nil, report: report)["as_of"]?.kind == .null)
    }

    @Test(arguments: [
        ("", JobReportError.notJSON(.syntax(.end, column: 1))), ("[]", .notJSON(.notAnObject(Excerpt("[]")))),
        (#"{"as_of":"today"}"#, .notATimestamp(Excerpt("\"today\""))),
        (#"{"as_of":1704438753}"#, .notATimestamp(Excerpt("1704438753"))),
    ])
    func `a report that is none is refused`(report: String, error: JobReportError) {
        #expect(throws: error) { _ = try JobReport(Array(report.utf8)) }
    }
}
