import BigQuery
import BigQueryFilter
import FilterKit

/// The rows behind a batch of ids, in the order of the ids.
struct FetchedRows {
    /// Places in `ids` that have no row, in order.
    let absent: [Int]
    /// The ids at these places.
    var absentIDs: [Int64] { absent.map { ids[$0] } }

    private let ids: [Int64]
    private let decoder: RowDecoder
    private var rows: ResultRows
    private var ahead: Row?

    /// Asks for the rows, and reads as far as the first that is there.
    init(
        _ statement: FetchStatement, _ ids: [Int64], within span: Span?, _ connection: Connection, _ table: Table
    ) throws {
        self.ids = ids
        rows = try connection.run(statement.query(ids, within: span, connection, in: table.location))
        decoder = try RowDecoder(rows.schema, from: FetchStatement.firstRowColumn)
        var absent: [Int] = []
        ahead = try rows.next(decoder)
        while let row = ahead, !row.isTrue(FetchStatement.foundColumn) {
            absent.append(try Self.position(row, ids.count))
            ahead = try rows.next(decoder)
        }
        self.absent = absent
    }

    /// The next line of two questions: `far` was asked for what is absent from `near`.
    static func next(of near: inout FetchedRows, _ far: inout FetchedRows?) throws -> RowRecord? {
        let place = try near.nextPosition()
        if let other = try far?.nextPosition(), place.map({ near.absent[other] < $0 }) ?? true {
            return try far?.take()
        }
        return place == nil ? nil : try near.take()
    }

    /// Tells what is to be told of the result as a whole.
    func report(to diagnostics: Diagnostics, _ warnings: inout Warnings) {
        warnings.tell(rows, decoder, to: diagnostics)
    }

    private func nextPosition() throws -> Int? {
        try ahead.map { try Self.position($0, ids.count) }
    }

    private mutating func take() throws -> RowRecord? {
        guard let row = ahead else { return nil }
        ahead = try rows.next(decoder)
        return row.record
    }

    private static func position(_ row: Row, _ count: Int) throws(BigQueryError) -> Int {
        guard let position = row.integer(FetchStatement.positionColumn), (0..<Int64(count)).contains(position) else {
            throw .unexpected(subject: "query", .missing("backfill_position"))
        }
        return Int(position)
    }
}
