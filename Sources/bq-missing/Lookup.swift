import BigQuery
import BigQueryFilter

/// The query that says which ids of a batch a table has.
struct Lookup {
    /// The text.
    let sql: String

    /// Throws a `ColumnError` when the table has no id.
    init(_ table: Table, _ columns: ColumnOptions, asOf: String) throws {
        let id = try table.idColumn(columns).sql(in: "t")
        let open = table.openPartitions(in: "t").map { "\n  AND \($0)" } ?? ""
        // The bounds let a table that is clustered or partitioned by its id read less; they cost nothing elsewhere.
        sql = """
            SELECT DISTINCT \(id) AS id
            FROM \(table.name.sql) AS t\(asOf)
            WHERE \(id) IN UNNEST(@ids)
              AND \(id) BETWEEN @first AND @last\(open)
            """
    }

    /// The values for a batch that is not empty.
    func parameters(_ ids: [Int64]) -> [QueryParameter] {
        guard let first = ids.min(), let last = ids.max() else { preconditionFailure("a batch has records") }
        return [
            QueryParameter("ids", .integers(ids)), QueryParameter("first", .integer(first)),
            QueryParameter("last", .integer(last)),
        ]
    }

    /// The ids in a result.
    func ids(_ rows: ResultRows) throws -> Set<Int64> {
        var rows = rows
        var ids: Set<Int64> = []
        // No column makes a record: the one that there is, is kept aside.
        let decoder = try RowDecoder(rows.schema, count: 0)
        while let row = try rows.next(decoder) {
            if let id = row.integer(0) { ids.insert(id) }
        }
        return ids
    }
}
