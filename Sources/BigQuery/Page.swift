import NDJSON

/// One page of a result: the answer of jobs.getQueryResults, validated once from its first byte to its last.
package struct Page {
    private static let paths = FieldPaths([
        "jobComplete", "schema", "totalRows", "pageToken", "errors", "rows", "totalBytesProcessed", "cacheHit",
    ])

    private let fields: Fields
    private var rows: CellRows

    /// Throws `.notJSON` when `body` is no JSON object. It is not copied when the caller gives it away.
    package init(_ body: consuming [UInt8]) throws(AnswerDefect) {
        // Before it is given away: an excerpt looks at less than that.
        let start = Excerpt(bytes: body[..<min(1024, body.count)])
        do throws(JSONError) {
            fields = try Fields(parsing: body, at: Page.paths)
        } catch {
            throw .notJSON(start)
        }
        rows = CellRows(fields[5])
    }

    /// Whether the job is done. Until then there is nothing else.
    var isComplete: Bool { fields[0]?.boolean == true }

    /// The columns; nil when the answer has none.
    package var schema: Schema? { fields[1].map { Schema($0) } }

    /// How many rows all pages have together.
    var totalRows: Int64? { fields[2]?.wireInteger }

    /// The bytes that the query read, when the service says.
    var bytesProcessed: Int64? { fields[6]?.wireInteger }

    /// Whether the result was there already, from the same query before.
    var isFromCache: Bool { fields[7]?.boolean == true }

    /// What the next page is asked for with; nil when this is the last one.
    var token: String? {
        let token = fields[3]?.string ?? ""
        return token.isEmpty ? nil : token
    }

    /// Whether no row is left.
    var isEmpty: Bool { rows.isEmpty }

    /// What the service says beside the result.
    var errors: [JSONValue] { fields[4]?.elements ?? [] }

    /// The next row; nil at the end of this page.
    package mutating func next(_ decoder: RowDecoder) throws(AnswerDefect) -> Row? {
        try decoder.next(of: &rows)
    }
}
