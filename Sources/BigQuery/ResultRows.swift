// The rows of a result. It promises:
// (1) One page is in memory at a time.
// (2) Only a page without a token is the last one: a page may be empty and have successors.
// (3) The end is reached only with as many rows as the service had promised.

public import NDJSON

/// The rows of a result, one after another.
public struct ResultRows {
    /// The columns.
    public let schema: Schema
    /// What the service says beside the result, and does not count as a failure.
    public let warnings: [Excerpt]
    /// How many rows there will be.
    public let totalRows: Int64

    private let job: JobReference?
    private let pageRows: Int?
    private let client: Client
    private var page: [JSONValue]
    private var nextInPage = 0
    private var token: String?
    private var seen: Int64 = 0

    init(of answer: JSONValue, job: JobReference?, pageRows: Int?, client: Client) throws(BigQueryError) {
        guard let schema = answer["schema"] else { throw .unexpected(subject: "query", .missing("schema")) }
        guard let total = answer["totalRows"]?.wireInteger else {
            throw .unexpected(subject: "query", .missing("totalRows"))
        }
        self.schema = Schema(schema)
        warnings = (answer["errors"]?.elements ?? []).map { $0["message"]?.string.map { Excerpt($0) } ?? $0.excerpt }
        totalRows = total
        self.job = job
        self.pageRows = pageRows
        self.client = client
        page = answer["rows"]?.elements ?? []
        token = ResultRows.token(of: answer)
    }

    /// The next row; nil after the last one.
    public mutating func next() throws -> Row? {
        while nextInPage == page.count {
            guard let token else {
                guard seen == totalRows else {
                    throw BigQueryError.unexpected(subject: "query", .rows(seen: seen, promised: totalRows))
                }
                return nil
            }
            try turn(to: token)
        }
        let row = try Row(page[nextInPage], columns: schema.fields.count)
        nextInPage += 1
        seen += 1
        return row
    }

    private mutating func turn(to token: String) throws {
        guard let job else { throw BigQueryError.unexpected(subject: "query", .missing("jobReference")) }
        // Let go before the next one is there: two pages would be twice the memory.
        page = []
        nextInPage = 0
        let call = client.results(of: job, pageRows: pageRows, token: token, wait: client.limits.poll)
        let answer = try client.answer(call, until: client.deadline())
        page = answer["rows"]?.elements ?? []
        self.token = ResultRows.token(of: answer)
        guard !page.isEmpty || self.token != token else {
            throw BigQueryError.unexpected(subject: "query", .samePageAgain)
        }
    }

    private static func token(of answer: JSONValue) -> String? {
        let token = answer["pageToken"]?.string ?? ""
        return token.isEmpty ? nil : token
    }
}

/// One row of a result: values as the service sends them, which the schema explains.
public struct Row {
    /// The values, in the order of the columns.
    let values: [JSONValue]

    init(_ json: JSONValue, columns: Int) throws(BigQueryError) {
        values = (json["f"]?.elements ?? []).compactMap { $0["v"] }
        guard values.count == columns else {
            throw .unexpected(subject: "query", .values(count: values.count, columns: columns))
        }
    }

    /// The integer in a column; nil when it is NULL or none.
    public func integer(_ column: Int) -> Int64? { values[column].wireInteger }

    /// Whether the value in a column is `true`.
    public func isTrue(_ column: Int) -> Bool { values[column].string?.lowercased() == "true" }

    /// The text in a column; nil when it is NULL.
    public func text(_ column: Int) -> String? { values[column].string }
}
