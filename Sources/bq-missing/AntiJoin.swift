import BigQuery
import BigQueryFilter
import FilterKit

/// The query whose rows are what the target lacks.
///
/// By NOT EXISTS, since NOT IN finds nothing when one id of the target is NULL. The bounds of the dates stand at the bare
/// column, which is what lets BigQuery read only the partitions between them. Every value is a parameter.
/// What is in an excluded table comes out behind all else, marked, so that it can be counted without a second query.
struct AntiJoin {
    /// The text.
    let sql: String
    /// The values.
    let parameters: [QueryParameter]
    /// The index of the last column that belongs to a reference; behind it stand all type columns, when types are chosen.
    let lastReferenceColumn: Int
    /// How many type columns there are behind the reference.
    let typeColumns: Int
    /// The index of the column that marks what is in an excluded table; nil where there is none.
    let exclusionColumn: Int?

    /// Throws a `ColumnError` when the tables have not what the query needs.
    init(
        _ tables: ComparedTables, _ columns: ColumnOptions, _ selection: SelectionOptions, excludedIDs: [Int64],
        asOf: String
    ) throws {
        let source = try ReferenceColumns(tables.source, columns, isTypeNeeded: !selection.activityTypes.isEmpty)
        typeColumns = selection.activityTypes.isEmpty ? 0 : source.types.count
        lastReferenceColumn = source.types.isEmpty ? 2 : 3

        var conditions = Conditions(["\(source.id) IS NOT NULL"])
        conditions.add(selection.range, on: source.datePath, of: tables.source)
        conditions.add(types: selection.activityTypes, in: source.types)
        if let target = tables.target {
            try conditions.add(absenceOf: source.id, from: target, "t", columns, asOf: asOf)
        }
        conditions.add(absenceOf: source.id, from: excludedIDs)
        if let limit = selection.limit { conditions.parameters.append(QueryParameter("limit", .integer(Int64(limit)))) }
        parameters = conditions.parameters

        var selected = ["\(source.id) AS id", "\(source.athlete) AS athlete_id", "\(source.date) AS start_date"]
        if let type = source.types.first { selected.append("\(type) AS type") }
        selected += source.types.prefix(typeColumns).enumerated().map { "\($1) AS backfill_type_\($0)" }
        let exclusion = try AntiJoin.exclusion(of: source.id, tables.excluded, columns, asOf: asOf)
        exclusionColumn = exclusion == nil ? nil : selected.count
        if exclusion != nil { selected.append("x.id IS NOT NULL AS backfill_excluded") }
        // Of several rows with one id always the same: whatever could differ in the output decides, and no column more,
        // since each is billed.
        let ties = ["\(source.date) DESC", source.athlete] + source.types.prefix(max(1, typeColumns))
        let order =
            (exclusion == nil ? [] : ["backfill_excluded"])
            + ["start_date\(selection.order == .newest ? " DESC" : "")", "id"]
        sql =
            ([
                "SELECT \(selected.joined(separator: ", "))",
                "FROM \(tables.source.name.sql) AS s\(asOf)",
            ] + (exclusion.map { [$0] } ?? []) + [
                "WHERE \(conditions.texts.joined(separator: "\n  AND "))",
                "QUALIFY ROW_NUMBER() OVER (PARTITION BY \(source.id) ORDER BY \(ties.joined(separator: ", "))) = 1",
                "ORDER BY \(order.joined(separator: ", "))",
            ] + (selection.limit == nil ? [] : ["LIMIT @limit"])).joined(separator: "\n")
    }
}

extension AntiJoin {
    /// The join that finds the ids in the excluded tables; nil where there are none.
    ///
    /// Each is read whole, as the target is: a start date may have been edited since.
    private static func exclusion(
        of id: String, _ tables: [Table], _ columns: ColumnOptions, asOf: String
    ) throws(ColumnError) -> String? {
        guard !tables.isEmpty else { return nil }
        var selects: [String] = []
        for (index, table) in tables.enumerated() {
            let alias = "x\(index)"
            let open = table.openPartitions(in: alias).map { " WHERE \($0)" } ?? ""
            let column = try table.idColumn(columns).sql(in: alias)
            selects.append("\(column) AS id FROM \(table.name.sql) AS \(alias)\(asOf)\(open)")
        }
        let union = "SELECT DISTINCT " + selects.joined(separator: " UNION DISTINCT SELECT ")
        return "LEFT JOIN (\(union)) AS x ON x.id = \(id)"
    }
}

/// What a reference is made of, as it stands in SQL.
private struct ReferenceColumns {
    let id: String
    let athlete: String
    let datePath: ColumnPath
    var date: String { datePath.sql(in: "s") }
    /// The finer one first.
    let types: [String]

    init(_ table: Table, _ columns: ColumnOptions, isTypeNeeded: Bool) throws(ColumnError) {
        id = try table.column(columns.idColumn, ActivityColumn.id, .integer).sql(in: "s")
        athlete = try table.column(columns.athleteColumn, ActivityColumn.athlete, .integer).sql(in: "s")
        datePath = try table.column(columns.dateColumn, ActivityColumn.startDate, .timestamp)
        let names = columns.typeColumn.map { ["\($0)"] } ?? ActivityColumn.type
        types = try table.columns(names, .string).map { $0.sql(in: "s") }
        if types.isEmpty, columns.typeColumn != nil || isTypeNeeded { throw .missing(table.name, names) }
    }
}

/// The conditions that a row must meet, and the values in them.
private struct Conditions {
    var texts: [String]
    var parameters: [QueryParameter] = []

    init(_ texts: [String]) { self.texts = texts }

    mutating func add(_ range: TimeRange, on path: ColumnPath, of table: Table) {
        let date = path.sql(in: "s")
        if let from = range.from {
            texts.append("\(date) >= @from")
            parameters.append(QueryParameter("from", .timestamp(from)))
        }
        if let to = range.to {
            texts.append("\(date) < @to")
            parameters.append(QueryParameter("to", .timestamp(to)))
        }
        let isBounded = range.from != nil || range.to != nil
        if let open = table.openPartitions(in: "s", bounded: isBounded ? path : nil) { texts.append(open) }
    }

    mutating func add(types: [String], in columns: [String]) {
        guard !types.isEmpty else { return }
        let matches = columns.map { "\($0) IN UNNEST(@types)" }.joined(separator: " OR ")
        texts.append(columns.count == 1 ? matches : "(\(matches))")
        parameters.append(QueryParameter("types", .strings(types)))
    }

    /// The other table is read whole: a start date may have been edited since.
    mutating func add(
        absenceOf id: String, from table: Table, _ alias: String, _ columns: ColumnOptions, asOf: String
    ) throws(ColumnError) {
        let other = try table.idColumn(columns).sql(in: alias)
        let open = table.openPartitions(in: alias).map { " AND \($0)" } ?? ""
        texts.append(
            "NOT EXISTS (SELECT 1 FROM \(table.name.sql) AS \(alias)\(asOf) WHERE \(other) = \(id)\(open))")
    }

    mutating func add(absenceOf id: String, from ids: [Int64]) {
        guard !ids.isEmpty else { return }
        texts.append("\(id) NOT IN UNNEST(@excluded)")
        parameters.append(QueryParameter("excluded", .integers(ids)))
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
