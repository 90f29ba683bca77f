// The rows of a result. It promises:
// (1) Two pages are in memory at most: the one whose rows are read, and the next, which loads meanwhile.
// (2) Only a page without a token is the last one: a page may be empty and have successors.
// (3) The end is reached only with as many rows as the service had promised, and no row comes beyond them.
// (4) A page whose columns are others than the first one's is refused.

import HTTP
public import NDJSON

/// The rows of a result, one after another.
public struct ResultRows {
    /// The columns.
    public let schema: Schema
    /// What the service says beside the result, and does not count as a failure.
    public let warnings: [Excerpt]
    /// How many rows there will be.
    public let totalRows: Int64

    /// The job whose result this is.
    public let job: JobReference
    /// The bytes that the query read, when the service says.
    public let bytesProcessed: Int64?
    /// Whether the result was there already, from the same query before: then nothing is billed.
    public let isFromCache: Bool

    private let pageRows: Int?
    private let client: Client
    /// Nil between two pages.
    private var page: Page?
    private var token: String?
    /// The request for the page that `token` names.
    private var ahead: Transfer?
    private var seen: Int64 = 0
    private var bytesSinceAdvance = 0
    private var emptyPages = 0

    // What a socket holds, so that the service never has to wait for rows to be written.
    private static let bytesBetweenAdvances = 64 << 10
    // One after another: a page may be empty, and a service that sends nothing else goes round in a circle.
    private static let mostEmptyPages = 1000

    init(from page: Page, job: JobReference, pageRows: Int?, client: Client) throws(BigQueryError) {
        guard let schema = page.schema else { throw .unexpected(subject: "query", .missing("schema")) }
        guard let total = page.totalRows else { throw .unexpected(subject: "query", .missing("totalRows")) }
        self.schema = schema
        warnings = page.errors.map { $0["message"]?.string.map { Excerpt($0) } ?? $0.excerpt }
        totalRows = total
        bytesProcessed = page.bytesProcessed
        isFromCache = page.isFromCache
        self.job = job
        self.pageRows = pageRows
        self.client = client
        self.page = page
        token = page.token
        ahead = token.flatMap { client.begin(call(for: $0)) }
    }

    /// The next row, as `decoder` makes it; nil after the last one.
    public mutating func next(_ decoder: RowDecoder) throws -> Row? {
        while true {
            if let row = try nextInPage(decoder) {
                seen += 1
                guard seen <= totalRows else {
                    throw BigQueryError.unexpected(subject: "query", .rows(seen: seen, promised: totalRows))
                }
                advance(by: row.record.bytes.count)
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

    /// Takes in what has come of the next page, now and then.
    private mutating func advance(by bytes: Int) {
        guard ahead != nil else { return }
        bytesSinceAdvance += bytes
        guard bytesSinceAdvance >= ResultRows.bytesBetweenAdvances else { return }
        client.advance()
        bytesSinceAdvance = 0
    }

    private mutating func turn(to token: String) throws {
        // Let go before the page after the next one begins to load.
        page = nil
        let next = try client.page(call(for: token), begun: ahead.take(), until: client.deadline())
        emptyPages = next.isEmpty ? emptyPages + 1 : 0
        guard next.token != token, emptyPages <= ResultRows.mostEmptyPages else {
            throw BigQueryError.unexpected(subject: "query", .samePageAgain)
        }
        if let columns = next.schema, columns != schema {
            throw BigQueryError.unexpected(subject: "query", .otherColumns)
        }
        self.token = next.token
        page = next
        ahead = next.token.flatMap { client.begin(call(for: $0)) }
    }

    private func call(for token: String) -> Call {
        client.results(
            of: job, pageRows: pageRows, token: token, wait: client.limits.poll, moments: schema.timestampFormat)
    }
}
