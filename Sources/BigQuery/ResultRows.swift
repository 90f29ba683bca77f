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
    /// Nil between two pages.
    private var page: Page?
    private var token: String?
    private var seen: Int64 = 0

    init(from page: Page, job: JobReference?, pageRows: Int?, client: Client) throws(BigQueryError) {
        guard let schema = page.schema else { throw .unexpected(subject: "query", .missing("schema")) }
        guard let total = page.totalRows else { throw .unexpected(subject: "query", .missing("totalRows")) }
        self.schema = schema
        warnings = page.errors.map { $0["message"]?.string.map { Excerpt($0) } ?? $0.excerpt }
        totalRows = total
        self.job = job
        self.pageRows = pageRows
        self.client = client
        self.page = page
        token = page.token
    }

    /// The next row, as `decoder` makes it; nil after the last one.
    public mutating func next(_ decoder: RowDecoder) throws -> Row? {
        while true {
            if let row = try nextInPage(decoder) {
                seen += 1
                return row
            }
            guard let token else {
                guard seen == totalRows else {
                    throw BigQueryError.unexpected(subject: "query", .rows(seen: seen, promised: totalRows))
                }
                return nil
            }
            try turn(to: token)
        }
    }

    private mutating func nextInPage(_ decoder: RowDecoder) throws(BigQueryError) -> Row? {
        do throws(AnswerDefect) {
            return try page?.next(decoder)
        } catch {
            throw .unexpected(subject: "query", error)
        }
    }

    private mutating func turn(to token: String) throws {
        guard let job else { throw BigQueryError.unexpected(subject: "query", .missing("jobReference")) }
        // Let go before the next one is there: two pages would be twice the memory.
        page = nil
        let call = client.results(of: job, pageRows: pageRows, token: token, wait: client.limits.poll)
        let next = try client.page(call, until: client.deadline())
        self.token = next.token
        guard !next.isEmpty || self.token != token else {
            throw BigQueryError.unexpected(subject: "query", .samePageAgain)
        }
        page = next
    }
}
