import Files
import FilterKit
import NDJSON

/// Where a fixture came from, for a file beside it. It has no time of day: the same input gives the same bytes.
struct Provenance {
    /// The fixture. Only its name is told, and not in which folder it was.
    let path: String
    /// Lines that were bad, and are not in the fixture.
    let skipped: Int
    /// Of the policy that the records were anonymised by; nil for records as they came.
    let policySHA256: String?
    /// Of the query that found the records, where it is known.
    let report: JobReport?

    /// All of the file: one object.
    func text(format: FixtureFormat, rows: Int, bytes: Int, sha256: String) -> [UInt8] {
        var text = JSONText()
        text.object { text in
            text.member("tool", plain: "export-fixture")
            text.member("version", Version.number)
            text.member("file", String(path.split(separator: "/").last ?? ""))
            text.member("format", format.rawValue)
            text.member("rows", Int64(rows))
            text.member("skipped", Int64(skipped))
            text.member("bytes", Int64(bytes))
            text.member("sha256", sha256)
            text.member("anonymized", policySHA256 != nil)
            text.member("policy_sha256", orNull: policySHA256)
            text.key("as_of")
            if let asOf = report?.asOf { text.value(asOf) } else { text.null() }
            text.key("query")
            if let report { text.json(report.text(withParameters: policySHA256 == nil)) } else { text.null() }
        }
        text.endLine()
        return text.bytes
    }
}

/// What `bq-missing --job-report` wrote about its query.
struct JobReport {
    /// The moment for which the query saw its tables; nil where it does not say.
    let asOf: JSONValue?

    private let report: JSONValue

    // What people do not want to show is in none of them: values are in `parameters`, and among them are ids.
    private static let withoutValues: Set = [
        "tool", "version", "source", "target", "exclude", "query", "from", "to", "as_of", "rows", "bytes_billed",
    ]

    init(_ document: [UInt8]) throws(JobReportError) {
        do { report = try JSONValue(parsing: document) } catch { throw .notJSON(error) }
        guard report.kind == .object else { throw .notJSON(.notAnObject(report.excerpt)) }
        let asOf = report["as_of"].flatMap { $0.kind == .null ? nil : $0 }
        if let asOf, asOf.kind != .string || asOf.timestamp == nil { throw .notATimestamp(asOf.excerpt) }
        self.asOf = asOf
    }

    /// Throws `Stop` with status 78. Read when the input has ended, since the query of the same pipe writes it.
    init(path: String) throws {
        let wayOut = "the fixture was not changed; give what bq-missing --job-report wrote"
        let document: [UInt8]
        do { document = try readSmallFile(path, limit: 16 << 20) } catch {
            throw Stop(.configuration, "--job-report: \(error)", wayOut: wayOut)
        }
        do { self = try JobReport(document) } catch {
            throw Stop(.configuration, "--job-report: \(path): \(error)", wayOut: wayOut)
        }
    }

    /// The report as it is; or, beside a fixture that may be seen, only the members that can name nobody.
    func text(withParameters: Bool) -> [UInt8] {
        var text = JSONText()
        guard !withParameters else {
            text.value(report)
            return text.bytes
        }
        text.object { text in
            report.forEachMember { key, value in
                guard JobReport.withoutValues.contains(key), ![.object, .array].contains(value.kind) else { return }
                text.key(escaping: key)
                text.value(value)
            }
        }
        return text.bytes
    }
}

/// Why a document is not a job report.
enum JobReportError: Error, Equatable {
    case notJSON(JSONError)
    case notATimestamp(Excerpt)
}

extension JobReportError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .notATimestamp(let text): "as_of: not a timestamp: \(text)"
        }
    }
}
