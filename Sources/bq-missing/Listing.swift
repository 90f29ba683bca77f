import BigQuery
import BigQueryFilter
import FilterKit

/// The references that come out, and what is remembered of them.
struct Listing {
    let decoder: RowDecoder
    private let typeColumns: Range<Int>
    private let limit: Int?
    private var unseenTypes: [String]
    private var count = 0

    init(_ rows: ResultRows, _ join: AntiJoin, _ selection: SelectionOptions) throws {
        decoder = try RowDecoder(rows.schema, count: join.lastReferenceColumn + 1)
        typeColumns = (join.lastReferenceColumn + 1)..<(join.lastReferenceColumn + 1 + join.typeColumns)
        limit = selection.limit
        unseenTypes = selection.activityTypes
    }

    /// The reference in `row`.
    mutating func record(_ row: Row) -> RowRecord {
        count += 1
        if !unseenTypes.isEmpty {
            let types = typeColumns.map { row.text($0) }
            unseenTypes.removeAll { types.contains($0) }
        }
        return row.record
    }

    /// Says how many there were, and which types had none.
    func report(to diagnostics: Diagnostics, lackedBy target: TableName?) {
        // When the limit cut the list, a type may have been behind it.
        if count < limit ?? .max {
            for type in unseenTypes { diagnostics.warning("--activity-type: \(type): none listed: check its spelling") }
        }
        let bound = count == limit ? " or more: --limit \(count)" : ""
        diagnostics.note(
            (target.map { "\($0): lacks " } ?? "") + "\(count) \(count == 1 ? "activity" : "activities")\(bound)")
    }
}
