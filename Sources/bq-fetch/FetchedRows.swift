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
    private var places: Places

    /// Asks for the rows, and reads as far as the first that is there.
    init(
        _ statement: FetchStatement, _ ids: [Int64], within span: Span?, _ connection: Connection, _ table: Table
    ) throws {
        self.ids = ids
        rows = try connection.run(statement.query(ids, within: span, connection, in: table.location))
        decoder = try RowDecoder(rows.schema, from: FetchStatement.firstRowColumn)
        places = try Places(rows, count: ids.count)
        var absent: [Int] = []
        ahead = try rows.next(decoder)
        while let row = ahead, !row.isTrue(FetchStatement.foundColumn) {
            absent.append(try places.take(row))
            ahead = try rows.next(decoder)
        }
        places.beginAgain()
        self.absent = absent
    }

    /// The next line of two questions: `far` was asked for what is absent from `near`.
    static func next(of near: inout FetchedRows, _ far: inout FetchedRows?) throws -> RowRecord? {
        let place = try near.place()
        if let other = try far?.place(), place.map({ near.absent[other] < $0 }) ?? true {
            return try far?.take()
        }
        return place == nil ? nil : try near.take()
    }

    /// Tells what is to be told of the result as a whole.
    func report(to diagnostics: Diagnostics, _ warnings: inout Warnings) {
        warnings.tell(rows, decoder, to: diagnostics)
    }

    private func place() throws -> Int? { try ahead.map(places.place) }

    private mutating func take() throws -> RowRecord? {
        guard let row = ahead else { return nil }
        _ = try places.take(row)
        ahead = try rows.next(decoder)
        return row.record
    }
}

/// The places of a batch that its rows are for: each comes once, and they come in order, or the answer is not one to
/// these ids.
private struct Places {
    private var taken: [Bool]
    private var last = -1

    init(_ rows: ResultRows, count: Int) throws(BigQueryError) {
        guard rows.totalRows == Int64(count) else {
            throw .unexpected(subject: "query", .rows(seen: rows.totalRows, promised: Int64(count)))
        }
        taken = [Bool](repeating: false, count: count)
    }

    func place(_ row: Row) throws(BigQueryError) -> Int {
        guard let number = row.integer(FetchStatement.positionColumn), let place = Int(exactly: number),
            taken.indices.contains(place), !taken[place], place > last
        else { throw .unexpected(subject: "query", .missing("backfill_position")) }
        return place
    }

    mutating func take(_ row: Row) throws(BigQueryError) -> Int {
        last = try place(row)
        taken[last] = true
        return last
    }

    /// The order begins again: behind the places without a row come those with one.
    mutating func beginAgain() { last = -1 }
}
