import NDJSON

extension Client {
    /// What the service knows of a table, by `tables.get`.
    public func table(_ name: TableName) throws -> Table {
        let path = [name.project.description, "datasets", name.dataset, "tables", name.table]
        return Table(name, try answer(Call("\(name)", path: path), until: deadline()))
    }

    /// Where the dataset of that table lies, by `datasets.get`; nil when the service does not say.
    public func location(ofDatasetOf name: TableName) throws -> String? {
        let path = [name.project.description, "datasets", name.dataset]
        let call = Call("\(name.project).\(name.dataset)", path: path)
        return try answer(call, until: deadline())["location"]?.string
    }

    /// Where `table` lies: as `tables.get` said, else as its dataset does; nil when the service does not say.
    public func place(of table: Table) throws -> String? {
        try table.location ?? location(ofDatasetOf: table.name)
    }

    /// What a query would read, by a dry run: nothing runs and nothing is billed.
    public func estimate(_ query: Query) throws -> Estimate {
        let fields = [("fields", "status,statistics/query")]
        let body = query.dryRunBody(project: project)
        let job = try answer(
            Call("query", path: [project.description, "jobs"], query: fields, body: body), until: deadline())
        if let error = job["status"]?["errorResult"] {
            switch ServerFault(subject: "query", error: error).verdict {
            case .askAgain(let fault), .runAgain(let fault): throw BigQueryError.unavailable(fault, attempts: 1)
            case .final(let error): throw error
            }
        }
        guard let statistics = job["statistics"]?["query"] else {
            throw BigQueryError.unexpected(subject: "query", .missing("statistics.query"))
        }
        guard let bytes = statistics["totalBytesProcessed"]?.wireInteger, bytes >= 0 else {
            throw BigQueryError.unexpected(subject: "query", .missing("totalBytesProcessed"))
        }
        return Estimate(
            bytes: bytes, accuracy: Estimate.Accuracy(statistics["totalBytesProcessedAccuracy"]?.string),
            tables: statistics["referencedTables"]?.elements.count)
    }
}

/// What a query would read.
public struct Estimate: Equatable, Sendable {
    /// How sure the service is of the number.
    public enum Accuracy: Equatable, Sendable {
        case exact, atMost, atLeast

        init(_ name: String?) {
            switch name {
            case "UPPER_BOUND": self = .atMost
            case "LOWER_BOUND", "UNKNOWN": self = .atLeast
            default: self = .exact
            }
        }
    }

    /// The bytes of the columns that the query names.
    public let bytes: Int64
    /// How sure the service is.
    public let accuracy: Accuracy
    /// The tables that are read, those behind views included; nil when the service does not say.
    public let tables: Int?

    /// The bytes that would be billed at most: whole MiB, and 10 MiB, for each table. `named` is how many tables the query
    /// names, which counts when the service does not say how many it reads.
    /// Source: cloud.google.com/bigquery/pricing#on_demand_pricing.
    public func billedBytes(tables named: Int) -> Int64 {
        let mebibyte: Int64 = 1 << 20
        let tables = Int64(max(tables ?? 0, named, 1))
        // Each table is rounded up by itself, and the estimate is the sum of them.
        let rounded = bytes / mebibyte + (bytes % mebibyte == 0 ? 0 : tables)
        let (billed, overflow) = max(10 * tables, rounded).multipliedReportingOverflow(by: mebibyte)
        return overflow ? .max : billed
    }
}
