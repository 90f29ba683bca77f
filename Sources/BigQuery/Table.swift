package import NDJSON

/// What the service knows of a table, as far as a query's plan needs it.
public struct Table: Equatable, Sendable {
    /// What the table is.
    public enum Kind: Equatable, Sendable {
        case table, view, materializedView, external, snapshot
        /// A kind that is younger than this program.
        case other(String)
    }

    /// How the rows are divided, so that a predicate on `column` reads only some of them.
    public struct Partitioning: Equatable, Sendable {
        /// DAY, HOUR, MONTH or YEAR; RANGE for ranges of an integer.
        public let unit: String
        /// The column; nil for the time at which the rows came in.
        public let column: String?
    }

    /// The full name.
    public let name: TableName
    /// What it is.
    public let kind: Kind
    /// Its columns.
    public let schema: Schema
    /// Where its data lie; nil when the server does not say, as the emulator.
    public let location: String?
    /// By time, or by ranges of an integer; nil when it is not.
    public let partitioning: Partitioning?
    /// The columns by which the rows of a partition are sorted.
    public let clustering: [String]
    /// Whether a query without a predicate on the partitioning column is refused.
    public let requiresPartitionFilter: Bool
    /// Without the rows that still are in the streaming buffer; nil for views.
    public let rowCount: Int64?
    /// As `rowCount`.
    public let byteCount: Int64?

    /// A table by what `tables.get` answers for it.
    /// Source: cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table.
    package init(_ name: TableName, _ json: JSONValue) {
        self.name = name
        kind = Kind(json["type"]?.string ?? "TABLE")
        schema = Schema(json["schema"])
        location = json["location"]?.string
        let time = json["timePartitioning"]
        partitioning =
            time.map { Partitioning(unit: $0["type"]?.string ?? "DAY", column: $0["field"]?.string) }
            ?? json["rangePartitioning"].map { Partitioning(unit: "RANGE", column: $0["field"]?.string) }
        clustering = json["clustering"]?["fields"]?.elements.compactMap(\.string) ?? []
        let isRequired = json["requirePartitionFilter"] ?? time?["requirePartitionFilter"]
        requiresPartitionFilter = isRequired?.boolean ?? false
        rowCount = json["numRows"]?.wireInteger
        byteCount = json["numBytes"]?.wireInteger
    }
}

extension Table {
    /// A predicate that all rows meet, for a table that refuses queries without one on its partitions; else nil.
    ///
    /// `alias` is the table's name in the query, `bounded` a column on which the query has a predicate already.
    public func openPartitions(in alias: String, bounded: ColumnPath? = nil) -> String? {
        guard requiresPartitionFilter else { return nil }
        guard let partitioning, let name = partitioning.column, let column = try? ColumnPath(name) else {
            return Table.open("\(alias)._PARTITIONTIME", "TIMESTAMP '0001-01-01 00:00:00+00'")
        }
        // Names are compared as BigQuery does, without regard to case.
        if let bounded, bounded.description.lowercased() == column.description.lowercased() { return nil }
        return switch schema[column]?.type {
        case .date: Table.open(column.sql(in: alias), "DATE '0001-01-01'")
        case .dateTime: Table.open(column.sql(in: alias), "DATETIME '0001-01-01 00:00:00'")
        case .integer: Table.open(column.sql(in: alias), "-9223372036854775807")
        default: Table.open(column.sql(in: alias), "TIMESTAMP '0001-01-01 00:00:00+00'")
        }
    }

    /// NULL has a partition of its own, and so has what still is in the streaming buffer.
    private static func open(_ column: String, _ least: String) -> String {
        "(\(column) >= \(least) OR \(column) IS NULL)"
    }
}

extension Table.Kind {
    fileprivate init(_ name: String) {
        switch name.uppercased() {
        case "TABLE": self = .table
        case "VIEW": self = .view
        case "MATERIALIZED_VIEW": self = .materializedView
        case "EXTERNAL": self = .external
        case "SNAPSHOT": self = .snapshot
        default: self = .other(name)
        }
    }
}

extension JSONValue {
    /// An int64 as Google's JSON has it: digits in a string, a number from some servers.
    var wireInteger: Int64? { string.flatMap { Int64($0) } ?? integer }
}

extension Table.Kind: CustomStringConvertible {
    /// The word for it.
    public var description: String {
        switch self {
        case .table: "table"
        case .view: "view"
        case .materializedView: "materialized view"
        case .external: "external table"
        case .snapshot: "snapshot"
        case .other(let name): name.lowercased()
        }
    }
}
