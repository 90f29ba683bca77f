import BigQuery
import BigQueryFilter
import FilterKit

/// One run: asks for batch after batch, and keeps count of what was there.
struct Fetch: ~Copyable {
    private let statement: FetchStatement
    private let connection: Connection
    private let table: Table
    private var absent: AbsentIDs
    private var warnings = Warnings()
    private var asked = 0
    private var written = 0
    private var pulse: Pulse

    /// Whether each id had a row.
    var foundAll: Bool { absent.isEmpty }

    /// Nothing asked yet; `absent` takes the ids without a row.
    init(
        _ statement: FetchStatement, _ connection: Connection, _ table: Table, _ absent: consuming AbsentIDs,
        from now: Duration
    ) throws {
        self.statement = statement
        self.connection = connection
        self.table = table
        pulse = Pulse(from: now)
        try absent.begin()
        self.absent = absent
    }

    /// Writes the rows behind a batch, in its order. What is too much for one request is asked for in halves.
    mutating func write(_ batch: Batch, to edge: inout Edge) throws {
        let near: FetchedRows
        do {
            near = try FetchedRows(statement, batch.ids, within: batch.span, connection, table)
        } catch BigQueryError.tooLarge(let fault) {
            guard let (first, second) = batch.halves else { throw BigQueryError.tooLarge(fault) }
            try write(first, to: &edge)
            return try write(second, to: &edge)
        }
        asked += batch.ids.count
        try write(near, isNarrowed: batch.span != nil, to: &edge)
    }

    /// Two questions at most: `near` within the dates that the records have, and for what was not there, anywhere.
    private mutating func write(_ near: FetchedRows, isNarrowed: Bool, to edge: inout Edge) throws {
        var near = near
        var far: FetchedRows?
        if isNarrowed, !near.absent.isEmpty {
            far = try FetchedRows(statement, near.absentIDs, within: nil, connection, table)
        }
        // Both come in the order of their ids, so that the smaller place is always the next line.
        while let row = try FetchedRows.next(of: &near, &far) {
            try edge.signals.check()
            try edge.write(row)
            written += 1
            if pulse.beats(at: edge.monotonicTime) {
                edge.diagnostics.note("\(table.name): rows for \(written) of \(asked) ids so far")
            }
        }
        near.report(to: edge.diagnostics, &warnings)
        try absent.add((far ?? near).absentIDs, edge.diagnostics)
    }

    /// Says how many rows there were for how many ids.
    func report(_ edge: borrowing Edge) {
        absent.report(to: edge.diagnostics)
        edge.diagnostics.note("\(table.name): rows for \(written) of \(asked) ids\(edge.skippedWords)")
    }
}

/// The ids without a row: the first of them are named, all are counted, and written to the file that wants them.
struct AbsentIDs: ~Copyable {
    private static let named = 10

    private let table: TableName
    private let file: IDFile?
    private var count = 0

    var isEmpty: Bool { count == 0 }

    init(_ table: TableName, file path: String?) throws {
        self.table = table
        if let path { file = try IDFile(path: path) } else { file = nil }
    }

    /// Before the first is added.
    func begin() throws { try file?.empty() }

    mutating func add(_ ids: [Int64], _ diagnostics: Diagnostics) throws {
        for id in ids {
            count += 1
            if count <= Self.named { diagnostics.error("id \(id): not found: no row in \(table)") }
            try file?.append(id)
        }
    }

    func report(to diagnostics: Diagnostics) {
        guard count > Self.named else { return }
        diagnostics.error("\(count) ids: not found: no row in \(table); --not-found FILE lists them all")
    }
}
