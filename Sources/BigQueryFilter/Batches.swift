public import ArgumentParser
import BigQuery
public import FilterKit
public import NDJSON

/// How many records share a query, since every query has a price.
public struct BatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask for so many ids in one query, at most (default: as many as a request holds).", valueName: "n",
            visibility: .rare))
    var batchSize: Int?

    @Option(
        help: ArgumentHelp(
            "Ask for what has come, even if it is fewer, after this time.", valueName: "duration", visibility: .rare),
        transform: Duration.init(option:))
    var batchWait: Duration?

    /// At their defaults.
    public init() {}

    /// Refuses what is no number of ids.
    public func validate() throws {
        if let batchSize, batchSize <= 0 { throw ValidationError("--batch-size: not above zero: \(batchSize)") }
    }

    /// The options as they would be typed, each with a blank before it.
    public var words: String {
        (batchSize.map { " --batch-size \($0)" } ?? "")
            + (batchWait.map { " --batch-wait \($0.components.seconds)s" } ?? "")
    }
}

/// Why a record cannot be asked for. Facts here, words below.
public enum RecordError: Error, Equatable {
    case invalid(JSONError)
    case missing(field: String)
    case notAnID(field: String, Excerpt)
}

extension RecordError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .invalid(let error): "\(error)"
        case .missing(let field): "\(field): missing"
        case .notAnID(let field, let text): "\(field): not an id (1 to \(Int64.max)): \(text)"
        }
    }
}

/// Records that are asked for together, in the order in which they came.
public struct Batch {
    // A request may have 10 MB, of which the statement needs a little.
    // Source: cloud.google.com/bigquery/quotas#query_jobs.
    private static let mostRequestBytes = 8 << 20
    // However long the lines are, the memory for them is bounded: so that all of a filter stays below 64 MiB, the request
    // and libcurl's copy of it included.
    fileprivate static let mostLineBytes = 21 << 20

    /// The ids; one that came twice stands here twice.
    public private(set) var ids: [Int64] = []
    /// The records themselves; empty when nobody wants them back.
    public private(set) var lines = KeptLines()
    /// The `start_date` of the earliest and of the latest record; nil when a record has none that can be read.
    public var span: Span? { hasDates ? bounds : nil }

    private var bounds: ClosedRange<Timestamp>?
    private var hasDates = true
    private var requestBytes = 0

    init() {}

    /// Whether another record would make the request, or what is kept in memory, too large.
    var isFull: Bool { requestBytes >= Batch.mostRequestBytes || lines.bytes >= Batch.mostLineBytes }

    mutating func add(_ id: Int64, startDate: Timestamp?) {
        ids.append(id)
        requestBytes += QueryParameter.bytes(ofElement: id)
        guard let startDate else {
            hasDates = false
            return
        }
        bounds = bounds.map { min($0.lowerBound, startDate)...max($0.upperBound, startDate) } ?? startDate...startDate
    }

    mutating func keep(_ line: Line) { lines.append(line) }

    /// The first and the second half of the ids, each with the span of the whole; nil for a batch of one.
    public var halves: (first: Batch, second: Batch)? {
        guard ids.count > 1 else { return nil }
        var (first, second) = (self, self)
        (first.lines, second.lines) = (KeptLines(), KeptLines())
        first.ids = Array(ids[..<(ids.count / 2)])
        second.ids = Array(ids[(ids.count / 2)...])
        return (first, second)
    }
}

/// Lines that leave as they came, in one piece of memory: a hundred thousand small ones would cost more than they hold.
public struct KeptLines: Sequence {
    private var text: [UInt8] = []
    private var ends: [Int] = []

    var bytes: Int { text.count }

    mutating func append(_ line: Line) {
        // Once, and only as much of it costs memory as is written: a text that grew by doubling would be there twice.
        if text.isEmpty { text.reserveCapacity(Batch.mostLineBytes + line.count) }
        line.append(to: &text)
        ends.append(text.count)
    }

    /// The lines in their order.
    public func makeIterator() -> some IteratorProtocol<UnchangedLine> {
        var start = 0
        return ends.lazy.map { end in
            defer { start = end }
            return UnchangedLine(bytes: text[start..<end])
        }.makeIterator()
    }
}

/// From the earliest to the latest start of a batch, both included.
public typealias Span = ClosedRange<Timestamp>

/// A line that leaves as it came.
public struct UnchangedLine: JSONRecord {
    let bytes: ArraySlice<UInt8>

    /// Appends the line's own bytes.
    public func write(to text: inout JSONText) { text.json(bytes) }
}

/// Gathers the records of stdin into batches.
public struct Batches {
    private let size: Int
    private let wait: Duration?
    private let idField: String
    private let paths: FieldPaths
    private let keepsLines: Bool
    private var isAtEnd = false
    private var hasWarned = false

    /// - Parameters:
    ///   - options: How large a batch is.
    ///   - idField: Where the id stands, as `event.object_id`.
    ///   - keepsLines: Whether the records themselves are wanted back; else the span of their dates is.
    public init(_ options: BatchOptions, idField: String, keepsLines: Bool) {
        size = options.batchSize ?? .max
        wait = options.batchWait
        self.idField = idField
        self.keepsLines = keepsLines
        paths = FieldPaths(keepsLines ? [idField] : [idField, "start_date"])
    }

    /// The next batch; nil at the end of the input. Records without an id are named and passed over.
    public mutating func next(_ edge: inout Edge) throws -> Batch? {
        var batch = Batch()
        var deadline: Duration?
        while !isAtEnd, batch.ids.count < size, !batch.isFull {
            switch try edge.nextLine(before: deadline) {
            case .line(let line): try add(line, to: &batch, &edge)
            case .nothing: return batch
            case .end: isAtEnd = true
            }
            // Counted from the first record: an empty batch waits as long as it must.
            if deadline == nil, !batch.ids.isEmpty { deadline = wait.map { edge.monotonicTime + $0 } }
        }
        return batch.ids.isEmpty ? nil : batch
    }

    private mutating func add(_ line: Line, to batch: inout Batch, _ edge: inout Edge) throws {
        do throws(RecordError) {
            let fields = try read(line)
            guard let value = fields[0], value.kind != .null else { throw .missing(field: idField) }
            guard let id = value.id else { throw .notAnID(field: idField, value.excerpt) }
            batch.add(id, startDate: keepsLines ? nil : startDate(fields[1], of: line, edge))
        } catch {
            return try edge.skip(line, error)
        }
        if keepsLines { batch.keep(line) }
    }

    /// The date, if there is one that can be read. One that cannot costs a look through the whole table: told once.
    private mutating func startDate(_ value: JSONValue?, of line: Line, _ edge: borrowing Edge) -> Timestamp? {
        guard let value, value.kind != .null else { return nil }
        let moment = value.timestamp
        if moment == nil, !hasWarned {
            hasWarned = true
            edge.diagnostics.warning(
                "stdin:\(line.number): start_date: not a timestamp: \(value.excerpt): its batch is looked for in all dates"
            )
        }
        return moment
    }

    private func read(_ line: Line) throws(RecordError) -> Fields {
        do { return try line.fields(at: paths) } catch { throw .invalid(error) }
    }
}
