public import BigQuery
public import FilterKit

/// What queries would read and cost, added up over the dry runs of a filter.
public struct Plan {
    private let price: Price?
    private var queries = 0
    private var bytes: Int64 = 0
    private var isAtMost = false
    private var isAtLeast = false
    private var overLimit = 0

    /// Nothing yet; a tebibyte costs `price`, or the list price.
    public init(at price: Price?) { self.price = price }

    /// Adds what `query` would cost, and shows the first one, with the tables that it reads.
    public mutating func add(
        _ query: Query, of tables: [Table], _ connection: Connection, _ edge: borrowing Edge
    ) throws {
        let estimate = try connection.client.estimate(query)
        // The statement of the first one stands for all: the others differ in their values only.
        if queries == 0 {
            for line in query.lines { edge.diagnostics.report(line) }
            for table in tables { edge.diagnostics.report("\(table.name): \(table.summary)") }
        }
        queries += 1
        let billed = estimate.billedBytes(tables: tables.count)
        if let limit = query.maximumBytesBilled, billed > limit { overLimit += 1 }
        let (sum, overflow) = bytes.addingReportingOverflow(billed)
        bytes = overflow ? .max : sum
        switch estimate.accuracy {
        case .exact: break
        case .atMost: isAtMost = true
        case .atLeast: isAtLeast = true
        }
    }

    /// Says what all of it would cost.
    public func report(to diagnostics: Diagnostics) {
        if overLimit > 0 {
            diagnostics.report("--maximum-bytes-billed: BigQuery may refuse \(overLimit) of \(queries) queries")
        }
        diagnostics.report("dry run: nothing was run; \(self)")
    }
}

extension Plan: CustomStringConvertible {
    /// `1 query would bill 20 MiB: 0.0002 USD (at 6.25 USD/TiB …)`.
    public var description: String {
        // A sum is no surer than its least sure part.
        let bound = isAtLeast ? "at least " : isAtMost ? "at most " : ""
        let cost = (price ?? .list).text(forBytes: bytes)
        return "\(queries) \(queries == 1 ? "query" : "queries") would bill \(bound)\(bytes >> 20) MiB: \(bound)\(cost)"
            + (price.map { " (at \($0) a TiB)" }
                ?? " USD (at \(Price.list) USD/TiB, the list price of October 2026 in US and EU; --price-per-tib)")
    }
}

extension Table {
    /// What a reader of a plan wants to know: what it is, where it lies, how much it holds, how it is divided.
    var summary: String {
        var parts = ["\(kind)\(location.map { " in \($0)" } ?? "")"]
        // A view holds nothing itself, whatever a server says of its rows.
        let rowCount = kind == .view ? nil : rowCount
        let byteCount = kind == .view ? nil : byteCount
        if let rowCount { parts.append("\(rowCount) \(rowCount == 1 ? "row" : "rows")") }
        if let byteCount { parts.append("\((byteCount >> 20) + (byteCount & ((1 << 20) - 1) == 0 ? 0 : 1)) MiB") }
        if let partitioning {
            let isRequired = requiresPartitionFilter ? " (a filter is required)" : ""
            parts.append("partitioned by \(partitioning.unit) on \(partitioning.column ?? "arrival")\(isRequired)")
        }
        if !clustering.isEmpty { parts.append("clustered by \(clustering.joined(separator: ", "))") }
        return parts.joined(separator: ", ")
    }
}
