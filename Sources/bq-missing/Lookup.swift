import BigQuery
import BigQueryFilter
import FilterKit

/// The query that says which ids of a batch one of several tables has.
struct Lookup {
    let sql: String
    private let place: String?

    /// - Parameter tables: At least one; all in one place.
    ///
    /// Throws a `ColumnError` when one of them has no id.
    init(_ tables: [Table], _ columns: ColumnOptions, asOf: String) throws {
        place = tables.first?.location
        sql = try tables.map { try Lookup.select($0, columns, asOf: asOf) }.joined(separator: "\nUNION DISTINCT\n")
    }

    private static func select(_ table: Table, _ columns: ColumnOptions, asOf: String) throws -> String {
        let id = try table.idColumn(columns).sql(in: "t")
        let open = table.openPartitions(in: "t").map { "\n  AND \($0)" } ?? ""
        // The bounds let a table that is clustered or partitioned by its id read less; they cost nothing elsewhere.
        return """
            SELECT DISTINCT \(id) AS id
            FROM \(table.name.sql) AS t\(asOf)
            WHERE \(id) IN UNNEST(@ids)
              AND \(id) BETWEEN @first AND @last\(open)
            """
    }

    /// Throws `Stop` when the tables lie apart: no query reads them both, but a filter for each does.
    static func requireOnePlace(of tables: [Table], _ client: Client) throws {
        let places = try tables.compactMap { table in try client.place(of: table).map { (table.name, $0) } }
        guard let (first, home) = places.first,
            let (other, place) = places.first(where: { $0.1.lowercased() != home.lowercased() })
        else { return }
        throw Stop(
            .configuration, "\(first): lies in \(home), \(other) in \(place): no query reads both",
            wayOut: tables.map { "BACKFILL_EXCLUDE_TABLE= bq-missing --source - --target \($0.name)" }
                .joined(separator: " | "))
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
