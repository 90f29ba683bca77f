import NDJSON

/// Makes JSON of rows: no Double and no Decimal in between, so that every digit arrives.
///
/// INT64 and NUMERIC are numbers with all their digits, TIMESTAMP is RFC 3339 in UTC, records are objects, repeated
/// fields arrays, JSON columns embedded; NULL is `null`, and a NULL array is empty, as BigQuery has it. NaN and the
/// infinities, for which JSON has no numbers, are strings. RANGE<TIMESTAMP> is the service's string with its ends in
/// RFC 3339. All other types are the strings that the service sends.
/// Source: cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults, `rows`.
public struct RowDecoder {
    /// The columns that make the record; the others are kept aside.
    private let columns: Range<Int>
    private let layout: CellLayout
    /// The field of each step of the layout.
    private let fields: [Field]

    /// Types that this program does not know, each once: their values stay the strings that they are.
    public let unknownTypes: [String]

    /// Makes the record of the columns from the one at index `first` on, `count` of them or all that follow.
    ///
    /// Throws a `BigQueryError` when the schema has not so many.
    public init(_ schema: Schema, from first: Int = 0, count: Int? = nil) throws(BigQueryError) {
        let wanted = first + (count ?? 0)
        guard wanted <= schema.fields.count else {
            throw .unexpected(subject: "query", .values(count: schema.fields.count, columns: wanted))
        }
        columns = first..<(count == nil ? schema.fields.count : wanted)
        let columns = columns
        let cells = schema.fields.enumerated().map { CellLayout.Cell($1, isAside: !columns.contains($0)) }
        layout = CellLayout(cells, rowKey: "f", valueKey: "v")
        fields = RowDecoder.inStepOrder(schema.fields)
        var unknown: [String] = []
        RowDecoder.collectUnknownTypes(of: Array(schema.fields[columns]), in: &unknown)
        unknownTypes = unknown
    }

    /// The next of `rows`; nil after the last one.
    func next(of rows: inout CellRows) throws(AnswerDefect) -> Row? {
        do throws(CellError) {
            let row = try rows.next(layout) { step, text, isString in fields[step].type.json(text, isString: isString) }
            return row.map { Row($0, columns: columns) }
        } catch {
            switch error {
            case .count(let count, let cells): throw .values(count: count, columns: cells)
            case .value(let step, let text): throw .value(column: fields[step].name, fields[step].type, text)
            }
        }
    }

    /// `fields` and all below them, as `CellLayout` numbers them: side by side, then what is within each.
    private static func inStepOrder(_ fields: [Field]) -> [Field] {
        fields + fields.filter { $0.type == .record }.flatMap { inStepOrder($0.fields) }
    }

    private static func collectUnknownTypes(of fields: [Field], in unknown: inout [String]) {
        for field in fields {
            if case .unknown(let name) = field.type, !unknown.contains(name) { unknown.append(name) }
            collectUnknownTypes(of: field.fields, in: &unknown)
        }
    }
}

extension CellLayout.Cell {
    fileprivate init(_ field: Field, isAside: Bool = false) {
        self.init(
            field.name, CellLayout.Form(field.type), isRepeated: field.isRepeated, isAside: isAside,
            cells: field.type == .record ? field.fields.map { CellLayout.Cell($0) } : [])
    }
}

extension CellLayout.Form {
    fileprivate init(_ type: FieldType) {
        switch type {
        case .integer: self = .integer
        case .float, .numeric: self = .number
        case .boolean: self = .boolean
        case .timestamp: self = .moment
        case .timestampRange: self = .other
        case .json: self = .document
        case .record: self = .record
        // The service's own JSON: copied with its escapes, so that nothing is taken apart and put together again.
        case .string, .bytes, .date, .time, .dateTime, .geography, .interval, .range, .unknown: self = .text
        }
    }
}
