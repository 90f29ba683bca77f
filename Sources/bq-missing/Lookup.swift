import BigQuery
import BigQueryFilter

/// The query that says which ids of a batch a table has.
struct Lookup {
    let sql: String
    private let place: String?

    /// Throws a `ColumnError` when the table has no id.
    init(_ table: Table, _ columns: ColumnOptions, asOf: String) throws {
        let id = try table.idColumn(columns).sql(in: "t")
        place = table.location
        let open = table.openPartitions(in: "t").map { "\n  AND \($0)" } ?? ""
        // The bounds let a table that is clustered or partitioned by its id read less; they cost nothing elsewhere.
        sql = """
            SELECT DISTINCT \(id) AS id
            FROM \(table.name.sql) AS t\(asOf)
            WHERE \(id) IN UNNEST(@ids)
              AND \(id) BETWEEN @first AND @last\(open)
            """
    }

    /// The query for `ids`, of which there is at least one.
    func query(_ ids: [Int64], _ connection: Connection) -> Query {
        connection.query(sql, parameters(ids), in: place)
    }

    func parameters(_ ids: [Int64]) -> [QueryParameter] {
        guard let first = ids.min(), let last = ids.max() else { preconditionFailure("a batch has records") }
        return [
            QueryParameter("ids", .integers(ids)), QueryParameter("first", .integer(first)),
            QueryParameter("last", .integer(last)),
        ]
    }

    /// Which ids of `batch` the table has. What is too much for one request is asked for in halves.
    func present(in batch: Batch, _ connection: Connection) throws -> Set<Int64> {
        do { return try ids(connection.run(query(batch.ids, connection))) } catch BigQueryError.tooLarge(let fault) {
            guard let (first, second) = batch.halves else { throw BigQueryError.tooLarge(fault) }
            return try present(in: first, connection).union(present(in: second, connection))
        }
    }

    private func ids(_ rows: ResultRows) throws -> Set<Int64> {
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
