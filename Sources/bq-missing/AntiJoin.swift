import BigQuery
import BigQueryFilter
import FilterKit

/// The query whose rows are what the target lacks.
///
/// By NOT EXISTS, since NOT IN finds nothing when one id of the target is NULL. The bounds of the dates stand at the bare
/// column, which is what lets BigQuery read only the partitions between them. Every value is a parameter.
struct AntiJoin {
    /// The text.
    let sql: String
    /// The values.
    let parameters: [QueryParameter]
    /// The index of the last column that belongs to a reference; behind it stand all type columns, when types are chosen.
    let lastReferenceColumn: Int
    /// How many type columns there are behind the reference.
    let typeColumns: Int

    /// Throws a `ColumnError` when the tables have not what the query needs.
    init(
        _ tables: ComparedTables, _ columns: ColumnOptions, _ selection: SelectionOptions, excludedIDs: [Int64],
        asOf: String
    ) throws {
        let source = tables.source
        let id = try source.column(columns.idColumn, ActivityColumn.id, .integer).sql(in: "s")
        let athlete = try source.column(columns.athleteColumn, ActivityColumn.athlete, .integer).sql(in: "s")
        let date = try source.column(columns.dateColumn, ActivityColumn.startDate, .timestamp).sql(in: "s")
        let types = try source.columns(columns.typeColumn.map { ["\($0)"] } ?? ActivityColumn.type, .string)
            .map { $0.sql(in: "s") }
        if types.isEmpty, columns.typeColumn != nil || !selection.activityTypes.isEmpty {
            throw ColumnError.missing(source.name, columns.typeColumn.map { ["\($0)"] } ?? ActivityColumn.type)
        }
        typeColumns = selection.activityTypes.isEmpty ? 0 : types.count
        lastReferenceColumn = types.isEmpty ? 2 : 3

        var conditions = ["\(id) IS NOT NULL"]
        var parameters: [QueryParameter] = []
        if let from = selection.range.from {
            conditions.append("\(date) >= @from")
            parameters.append(QueryParameter("from", .timestamp(from)))
        }
        if let to = selection.range.to {
            conditions.append("\(date) < @to")
            parameters.append(QueryParameter("to", .timestamp(to)))
        }
        if selection.range.from == nil, selection.range.to == nil, let open = source.openPartitions(in: "s") {
            conditions.append(open)
        }
        if !selection.activityTypes.isEmpty {
            let matches = types.map { "\($0) IN UNNEST(@types)" }.joined(separator: " OR ")
            conditions.append(types.count == 1 ? matches : "(\(matches))")
            parameters.append(QueryParameter("types", .strings(selection.activityTypes)))
        }
        for (other, alias) in [(tables.target, "t"), (tables.excluded, "x")] {
            guard let other else { continue }
            conditions.append(try Self.absence(of: id, from: other, alias, columns, asOf: asOf))
        }
        if !excludedIDs.isEmpty {
            conditions.append("\(id) NOT IN UNNEST(@excluded)")
            parameters.append(QueryParameter("excluded", .integers(excludedIDs)))
        }
        if let limit = selection.limit { parameters.append(QueryParameter("limit", .integer(Int64(limit)))) }
        self.parameters = parameters

        var selected = ["\(id) AS id", "\(athlete) AS athlete_id", "\(date) AS start_date"]
        if let type = types.first { selected.append("\(type) AS type") }
        selected += types.prefix(typeColumns).enumerated().map { "\($1) AS backfill_type_\($0)" }
        // Of several rows with one id always the same: whatever could differ in the output decides, and no column more,
        // since each is billed.
        let ties = (["\(date) DESC", athlete] + types.prefix(max(1, typeColumns))).joined(separator: ", ")
        sql =
            ([
                "SELECT \(selected.joined(separator: ", "))",
                "FROM \(source.name.sql) AS s\(asOf)",
                "WHERE \(conditions.joined(separator: "\n  AND "))",
                "QUALIFY ROW_NUMBER() OVER (PARTITION BY \(id) ORDER BY \(ties)) = 1",
                "ORDER BY start_date\(selection.order == .newest ? " DESC" : ""), id",
            ] + (selection.limit == nil ? [] : ["LIMIT @limit"])).joined(separator: "\n")
    }

    private static func absence(
        of id: String, from table: Table, _ alias: String, _ columns: ColumnOptions, asOf: String
    ) throws -> String {
        let other = try table.idColumn(columns).sql(in: alias)
        // The other table is read whole: a start date may have been edited since.
        let open = table.openPartitions(in: alias).map { " AND \($0)" } ?? ""
        return "NOT EXISTS (SELECT 1 FROM \(table.name.sql) AS \(alias)\(asOf) WHERE \(other) = \(id)\(open))"
    }
}

extension Table {
    /// The column that an option names, else the first of `names` that is there.
    func column(_ option: ColumnPath?, _ names: [String], _ type: FieldType) throws(ColumnError) -> ColumnPath {
        try column(option.map { ["\($0)"] } ?? names, type)
    }

    /// The id of a table that is compared with: where the option says, else where it usually is.
    func idColumn(_ columns: ColumnOptions) throws(ColumnError) -> ColumnPath {
        try column((columns.idColumn.map { ["\($0)"] } ?? []) + ActivityColumn.id, .integer)
    }
}
