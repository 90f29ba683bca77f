public import BigQuery
public import FilterKit

/// What queries would cost, added up over the dry runs of a filter.
public struct Plan {
    // The list price on demand in the US and EU multi-regions. Source: cloud.google.com/bigquery/pricing, October 2026.
    private static let centsForTebibyte: Int64 = 625
    private static let price = "6.25 USD/TiB, the list price of October 2026 in US and EU"

    private var queries = 0
    private var bytes: Int64 = 0
    private var accuracy = Estimate.Accuracy.exact

    /// Nothing yet.
    public init() {}

    /// Shows `query` and adds what it would cost; it reads so many tables.
    public mutating func add(_ query: Query, tables: Int, _ connection: Connection, _ edge: borrowing Edge) throws {
        let estimate = try connection.client.estimate(query)
        // The statement of the first one stands for all: the others differ in their values only.
        if queries == 0 {
            for line in query.lines { edge.diagnostics.note(line) }
        }
        queries += 1
        bytes += estimate.billedBytes(tables: tables)
        if estimate.accuracy != .exact { accuracy = estimate.accuracy }
    }

    /// Says what all of it would cost.
    public func report(to diagnostics: Diagnostics) {
        diagnostics.note("dry run: nothing was run; \(self)")
    }
}

extension Plan: CustomStringConvertible {
    /// `1 query would bill 20 MiB: 0.0002 USD (at 6.25 USD/TiB …)`.
    public var description: String {
        let bound =
            switch accuracy {
            case .exact: ""
            case .atMost: "at most "
            case .atLeast: "at least "
            }
        let mebibytes = bytes >> 20
        // Hundredths of a cent, rounded up, in integers: 2^20 MiB are a TiB.
        let parts = (mebibytes * Plan.centsForTebibyte * 100 + (1 << 20) - 1) >> 20
        let decimals = String(parts % 10_000)
        let padding = String(repeating: "0", count: 4 - decimals.utf8.count)
        return "\(queries) \(queries == 1 ? "query" : "queries") would bill \(bound)\(mebibytes) MiB:"
            + " \(bound)\(parts / 10_000).\(padding)\(decimals) USD (at \(Plan.price))"
    }
}
