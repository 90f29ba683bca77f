import BigQuery
import BigQueryFilter

/// The query for the rows behind a batch of ids.
///
/// Its result has a row for each place in the batch: `backfill_position`, `backfill_found`, and behind them the columns of
/// the row. The places without a row come first, so that they are known before the first row is written, and can be asked
/// for once more while the rows of the others wait at the server. Then come the rows, in the order of their ids.
struct FetchStatement {
    /// The columns before the row's own.
    static let positionColumn = 0
    static let foundColumn = 1
    static let firstRowColumn = 2

    let sqlWithin: String?
    let sqlAnywhere: String
    private let pageRows: Int

    /// Throws a `ColumnError` when the table lacks a column that it must have.
    init(_ table: Table, _ columns: ColumnChoice, asOf: String) throws {
        let id = try table.column(ActivityColumn.id, .integer)
        let paths = try columns.paths(in: table)
        pageRows = columns.pageRows
        let selected = paths.map { SelectList($0, of: table.schema, in: "s").sql } ?? "s.*"
        // The newest version of a row, where rows have versions; else, and between equally new ones, always the same.
        let whole = paths == nil ? "s" : "STRUCT(\(selected))"
        let updated = try table.columns(ActivityColumn.updated, .timestamp).map { "\($0.sql(in: "s")) DESC" }
        let ties = (updated + ["TO_JSON_STRING(\(whole))"]).joined(separator: ", ")
        let date = try table.columns(ActivityColumn.startDate, .timestamp).first

        func sql(_ conditions: [String]) -> String {
            """
            WITH found AS (
              SELECT \(selected)
              FROM \(table.name.sql) AS s\(asOf)
              WHERE \(([
                "\(id.sql(in: "s")) IN UNNEST(@ids)", "\(id.sql(in: "s")) BETWEEN @first AND @last",
              ] + conditions).joined(separator: "\n    AND "))
              QUALIFY ROW_NUMBER() OVER (PARTITION BY \(id.sql(in: "s")) ORDER BY \(ties)) = 1
            )
            SELECT backfill_position, f.\(id.sql()) IS NOT NULL AS backfill_found, f.*
            FROM UNNEST(@ids) AS asked WITH OFFSET AS backfill_position
            LEFT JOIN found AS f ON f.\(id.sql()) = asked
            ORDER BY backfill_found, backfill_position
            """
        }
        sqlWithin = date.map { date in
            let open = table.openPartitions(in: "s", bounded: date).map { [$0] } ?? []
            return sql(["\(date.sql(in: "s")) BETWEEN @from AND @to"] + open)
        }
        sqlAnywhere = sql(table.openPartitions(in: "s").map { [$0] } ?? [])
    }

    /// The query for `ids`, of which there is at least one, among the rows that began within `span`.
    func query(
        _ ids: [Int64], within span: Span?, _ connection: Connection, in place: String?
    ) -> Query {
        guard let first = ids.min(), let last = ids.max() else { preconditionFailure("a batch has records") }
        var parameters = [
            QueryParameter("ids", .integers(ids)), QueryParameter("first", .integer(first)),
            QueryParameter("last", .integer(last)),
        ]
        guard let sqlWithin, let span else {
            return connection.query(sqlAnywhere, parameters, in: place, pageRows: pageRows)
        }
        parameters.append(QueryParameter("from", .timestamp(span.lowerBound)))
        parameters.append(QueryParameter("to", .timestamp(span.upperBound)))
        return connection.query(sqlWithin, parameters, in: place, pageRows: pageRows)
    }
}
