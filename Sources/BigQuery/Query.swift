import NDJSON

/// A SELECT in GoogleSQL, and the bounds that it runs in.
public struct Query: Equatable, Sendable {
    /// The text, with `@name` for each value.
    public var sql: String
    /// The values.
    public var parameters: [QueryParameter]
    /// What the job is called in the billing export: lower case letters, digits, `_` and `-`, at most 63.
    public var labels: [String: String]
    /// Where to run; nil lets BigQuery find out from the tables.
    public var location: String?
    /// The bytes beyond which BigQuery refuses to run it.
    public var maximumBytesBilled: Int64?
    /// The most rows of one page of the result; the server's own bound of 10 MB counts too.
    public var pageRows: Int?

    /// A query that runs wherever its tables are and costs what it costs, unless said otherwise.
    public init(
        _ sql: String, parameters: [QueryParameter] = [], labels: [String: String] = [:],
        location: String? = nil, maximumBytesBilled: Int64? = nil, pageRows: Int? = nil
    ) {
        self.sql = sql
        self.parameters = parameters
        self.labels = labels
        self.location = location
        self.maximumBytesBilled = maximumBytesBilled
        self.pageRows = pageRows
    }

    /// The statement and its values for a person, on lines of their own; of long lists only the beginning.
    public var lines: [String] {
        sql.split(separator: "\n").map(String.init) + parameters.map(\.description)
    }
}

extension Query {
    /// The body of `jobs.insert`. The service itself stops the job after `timeout`, should nobody be there to cancel it.
    /// Source: cloud.google.com/bigquery/docs/reference/rest/v2/jobs/insert.
    func body(of job: JobReference, timeout: Duration) -> [UInt8] {
        body(project: job.project, job: job.id) { $0.member("jobTimeoutMs", String(max(1, timeout.milliseconds))) }
    }

    /// The body of `jobs.insert` that only asks what the query would read.
    func dryRunBody(project: ProjectID) -> [UInt8] {
        body(project: project.description, job: nil) { $0.member("dryRun", true) }
    }

    private func body(project: String, job: String?, _ configuration: (inout JSONText) -> Void) -> [UInt8] {
        var text = JSONText(capacity: 4096 + sql.utf8.count + parameters.reduce(0) { $0 + $1.bytes })
        text.object {
            $0.key("jobReference")
            $0.object {
                $0.member("projectId", project)
                if let job { $0.member("jobId", job) }
                if let location { $0.member("location", location) }
            }
            $0.key("configuration")
            $0.object {
                configuration(&$0)
                writeLabels(to: &$0)
                $0.key("query")
                $0.object { writeStatement(to: &$0) }
            }
        }
        return text.bytes
    }

    private func writeStatement(to text: inout JSONText) {
        text.member("query", sql)
        // Legacy SQL is the default of the API.
        text.member("useLegacySql", false)
        text.member("parameterMode", "NAMED")
        text.key("queryParameters")
        text.array { text in for parameter in parameters { parameter.write(to: &text) } }
        if let maximumBytesBilled { text.member("maximumBytesBilled", String(maximumBytesBilled)) }
    }

    private func writeLabels(to text: inout JSONText) {
        text.key("labels")
        text.object { text in
            for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
                text.key(escaping: key)
                text.value(value)
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
