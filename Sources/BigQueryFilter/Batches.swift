public import ArgumentParser
public import FilterKit
public import NDJSON

/// How many records share a query, since every query has a price.
public struct BatchOptions: ParsableArguments {
    /// Source: a request has at most 10 MB, and an id takes up to 32 bytes of it.
    static let largest = 250_000

    @Option(help: "Ask for so many ids in one query.")
    var batchSize = 100_000

    @Option(
        help: ArgumentHelp("Ask for what has come, even if it is fewer, after this time.", valueName: "duration"),
        transform: Duration.init(option:))
    var batchWait: Duration?

    /// At their defaults.
    public init() {}

    /// Refuses what no request could hold.
    public func validate() throws {
        guard (1...BatchOptions.largest).contains(batchSize) else {
            throw ValidationError("--batch-size: not between 1 and \(BatchOptions.largest): \(batchSize)")
        }
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
    /// The ids; one that came twice stands here twice.
    public private(set) var ids: [Int64] = []
    /// The records themselves; empty when nobody wants them back.
    public private(set) var lines: [UnchangedLine] = []
    /// The `start_date` of the earliest and of the latest record; nil when a record has none that can be read.
    public var span: Span? { hasDates ? bounds : nil }

    private var bounds: ClosedRange<Timestamp>?
    private var hasDates = true
    fileprivate private(set) var lineBytes = 0

    mutating func add(_ id: Int64, startDate: Timestamp?) {
        ids.append(id)
        guard let startDate else {
            hasDates = false
            return
        }
        bounds = bounds.map { min($0.lowerBound, startDate)...max($0.upperBound, startDate) } ?? startDate...startDate
    }

    mutating func keep(_ bytes: [UInt8]) {
        lines.append(UnchangedLine(bytes: bytes))
        lineBytes += bytes.count
    }
}

/// From the earliest to the latest start of a batch, both included.
public typealias Span = ClosedRange<Timestamp>

/// A line that leaves as it came.
public struct UnchangedLine: JSONRecord {
    let bytes: [UInt8]

    /// Appends the line's own bytes.
    public func write(to text: inout JSONText) { text.json(bytes) }
}

/// Gathers the records of stdin into batches.
public struct Batches {
    /// A batch ends early rather than keep more than this: memory is constant, however long the lines are.
    private static let mostLineBytes = 64 << 20

    private let options: BatchOptions
    private let idField: String
    private let paths: FieldPaths
    private let keepsLines: Bool
    private var isAtEnd = false

    /// - Parameters:
    ///   - options: How large a batch is.
    ///   - idField: Where the id stands, as `event.object_id`.
    ///   - keepsLines: Whether the records themselves are wanted back.
    public init(_ options: BatchOptions, idField: String, keepsLines: Bool) {
        self.options = options
        self.idField = idField
        self.keepsLines = keepsLines
        paths = FieldPaths([idField, "start_date"])
    }

    /// The next batch; nil at the end of the input. Records without an id are named and passed over.
    public mutating func next(_ edge: inout Edge) throws -> Batch? {
        var batch = Batch()
        var deadline: Duration?
        while !isAtEnd, batch.ids.count < options.batchSize, batch.lineBytes < Batches.mostLineBytes {
            switch try edge.nextLine(before: deadline) {
            case .line(let line): try add(line, to: &batch, &edge)
            case .nothing: return batch
            case .end: isAtEnd = true
            }
            // Counted from the first record: an empty batch waits as long as it must.
            if deadline == nil, !batch.ids.isEmpty { deadline = options.batchWait.map { edge.monotonicTime + $0 } }
        }
        return batch.ids.isEmpty ? nil : batch
    }

    private func add(_ line: Line, to batch: inout Batch, _ edge: inout Edge) throws {
        do throws(RecordError) {
            let fields = try read(line)
            guard let value = fields[0], value.kind != .null else { throw .missing(field: idField) }
            guard let id = value.id else { throw .notAnID(field: idField, value.excerpt) }
            batch.add(id, startDate: fields[1].flatMap(Timestamp.init(record:)))
        } catch {
            return try edge.skip(line, error)
        }
        if keepsLines { batch.keep(line.bytes) }
    }

    private func read(_ line: Line) throws(RecordError) -> Fields {
        do { return try line.fields(at: paths) } catch { throw .invalid(error) }
    }
}

extension Timestamp {
    /// A moment as records have it: RFC 3339, BigQuery's text, or an epoch number, also in a string.
    init?(record value: JSONValue) {
        guard let text = value.string else {
            self.init(epoch: value.bytes)
            return
        }
        guard let moment = Timestamp(text: text.utf8) ?? Timestamp(epoch: Array(text.utf8)) else { return nil }
        self = moment
    }
}
