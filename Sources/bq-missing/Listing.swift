import BigQuery
import BigQueryFilter
import FilterKit

/// The references that come out, and what is remembered of them.
struct Listing {
    let decoder: RowDecoder
    private let typeColumns: Range<Int>
    private let exclusionColumn: Int?
    private let limit: Int?
    private var unseenTypes: [String]
    /// References so far.
    private(set) var count = 0
    /// Rows so far that an excluded table has.
    private var excludedSoFar = 0

    /// Rows that an excluded table has. They come last, so that nobody knows when the limit cut them off: nil.
    var excluded: Int? { exclusionColumn != nil && isCut ? nil : excludedSoFar }

    /// Whether there may be rows behind the last one.
    private var isCut: Bool { count + excludedSoFar == limit }

    init(_ rows: ResultRows, _ join: AntiJoin, _ selection: SelectionOptions) throws {
        decoder = try RowDecoder(rows.schema, count: join.lastReferenceColumn + 1)
        typeColumns = (join.lastReferenceColumn + 1)..<(join.lastReferenceColumn + 1 + join.typeColumns)
        exclusionColumn = join.exclusionColumn
        limit = selection.limit
        unseenTypes = selection.activityTypes
    }

    /// The reference in `row`; nil when an excluded table has it.
    mutating func record(_ row: Row) -> RowRecord? {
        if !unseenTypes.isEmpty {
            let types = typeColumns.map { row.text($0) }
            unseenTypes.removeAll { types.contains($0) }
        }
        if let exclusionColumn, row.isTrue(exclusionColumn) {
            excludedSoFar += 1
            return nil
        }
        count += 1
        return row.record
    }

    /// Says how many there were, and which types had none.
    func report(to diagnostics: Diagnostics, lackedBy target: TableName?) {
        // When the limit cut the list, a type may have been behind it.
        if !isCut {
            for type in unseenTypes { diagnostics.warning("--activity-type: \(type): none listed: check its spelling") }
        }
        let bound = count == limit ? " or more: --limit \(count)" : ""
        let number = excluded.map(String.init) ?? "some"
        let left = excludedSoFar > 0 ? ", \(number) excluded left out" : ""
        diagnostics.note(
            (target.map { "\($0): lacks " } ?? "") + "\(count) \(count == 1 ? "activity" : "activities")\(bound)\(left)"
        )
    }
}
