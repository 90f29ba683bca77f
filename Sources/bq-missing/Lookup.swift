import BigQuery
import BigQueryFilter
import FilterKit

/// The query that says which ids of a batch the target has, and which an excluded table.
struct Lookup {
    /// What was found of a batch.
    struct Found {
        /// The ids that the target has.
        var target: Set<Int64> = []
        /// The ids that an excluded table has; the target may have them too.
        var excluded: Set<Int64> = []
    }

    let sql: String
    private let place: String?
    private let marksExcluded: Bool

    /// All tables lie in one place. Throws a `ColumnError` when one of them has no id.
    init(_ target: Table, excluded: [Table], _ columns: ColumnOptions, asOf: String) throws {
        place = target.location
        marksExcluded = !excluded.isEmpty
        let mark = { (value: String) in excluded.isEmpty ? "" : ", \(value) AS backfill_excluded" }
        let selects =
            [try Lookup.select(target, mark("FALSE"), columns, asOf: asOf)]
            + (try excluded.map { try Lookup.select($0, mark("TRUE"), columns, asOf: asOf) })
        sql = selects.joined(separator: "\nUNION DISTINCT\n")
    }

    private static func select(
        _ table: Table, _ mark: String, _ columns: ColumnOptions, asOf: String
    ) throws -> String {
        let id = try table.idColumn(columns).sql(in: "t")
        let open = table.openPartitions(in: "t").map { "\n  AND \($0)" } ?? ""
        // The bounds let a table that is clustered or partitioned by its id read less; they cost nothing elsewhere.
        return """
            SELECT DISTINCT \(id) AS id\(mark)
            FROM \(table.name.sql) AS t\(asOf)
            WHERE \(id) IN UNNEST(@ids)
              AND \(id) BETWEEN @first AND @last\(open)
            """
    }

    /// Throws `Stop` when the tables lie apart: no query reads them both, but a filter for each does.
    static func requireOnePlace(of tables: [Table], _ client: Client, _ detour: Detour) throws {
        let places = try tables.compactMap { table in try client.place(of: table).map { (table.name, $0) } }
        guard let (first, home) = places.first,
            let (other, place) = places.first(where: { $0.1.lowercased() != home.lowercased() })
        else { return }
        throw Stop(
            .configuration, "\(first): lies in \(home), \(other) in \(place): no query reads both",
            wayOut: pipe(through: tables, detour))
    }

    /// What passes all filters is what passed the first one, so that files of ids are read by that one alone.
    private static func pipe(through tables: [Table], _ detour: Detour) -> String {
        let filters = tables.enumerated().map { index, table in
            detour.stage(
                source: "-", target: table.name, (index == 0 ? detour.first : "") + detour.stream + detour.each)
        }
        return filters.joined(separator: " | ") + detour.last
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

    /// Which ids of `batch` the tables have. What is too much for one request is asked for in halves.
    func found(of batch: Batch, _ connection: Connection) throws -> Found {
        do { return try found(in: connection.run(query(batch.ids, connection))) } catch BigQueryError.tooLarge(
            let fault)
        {
            guard let (first, second) = batch.halves else { throw BigQueryError.tooLarge(fault) }
            let (one, other) = (try found(of: first, connection), try found(of: second, connection))
            return Found(target: one.target.union(other.target), excluded: one.excluded.union(other.excluded))
        }
    }

    private func found(in rows: ResultRows) throws -> Found {
        var rows = rows
        var found = Found()
        // No column makes a record: all are kept aside.
        let decoder = try RowDecoder(rows.schema, count: 0)
        while let row = try rows.next(decoder) {
            guard let id = row.integer(0) else { continue }
            if marksExcluded, row.isTrue(1) { found.excluded.insert(id) } else { found.target.insert(id) }
        }
        return found
    }
}
