public import NDJSON

/// Makes JSON of rows: no Double and no Decimal in between, so that every digit arrives.
///
/// INT64 and NUMERIC are numbers with all their digits, TIMESTAMP is RFC 3339 in UTC, records are objects, repeated
/// fields arrays, JSON columns embedded; NULL is `null`, and a NULL array is empty, as BigQuery has it. NaN and the
/// infinities, for which JSON has no numbers, are strings. All other types are the strings that the service sends.
/// Source: cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults, `rows`.
public struct RowDecoder {
    private let fields: [Field]
    private let first: Int

    /// Types that this program does not know, each once: their values stay the strings that they are.
    public let unknownTypes: [String]

    /// Decodes the columns of `schema` from the one at index `first` on.
    public init(_ schema: Schema, from first: Int = 0, through last: Int? = nil) {
        self.first = first
        fields = Array(schema.fields[first..<(last.map { $0 + 1 } ?? schema.fields.count)])
        var unknown: [String] = []
        RowDecoder.collectUnknownTypes(of: fields, in: &unknown)
        unknownTypes = unknown
    }

    /// The row as one JSON object. Throws a `BigQueryError` for a value that does not fit its column.
    public func record(_ row: Row) throws(BigQueryError) -> RowRecord {
        var text = JSONText()
        do throws(AnswerDefect) {
            try RowDecoder.writeObject(fields, row.values[first...].prefix(fields.count), to: &text)
        } catch {
            throw .unexpected(subject: "query", error)
        }
        return RowRecord(bytes: text.bytes)
    }

    private static func writeObject(
        _ fields: [Field], _ values: ArraySlice<JSONValue>, to text: inout JSONText
    ) throws(AnswerDefect) {
        guard fields.count == values.count else { throw .values(count: values.count, columns: fields.count) }
        try text.object { (text) throws(AnswerDefect) in
            for (field, value) in zip(fields, values) {
                text.key(escaping: field.name)
                if field.isRepeated {
                    try text.array { (text) throws(AnswerDefect) in
                        try value.forEachElement { (element) throws(AnswerDefect) in
                            guard let element = element["v"] else { throw field.defect(element) }
                            try write(element, of: field, to: &text)
                        }
                    }
                } else {
                    try write(value, of: field, to: &text)
                }
            }
        }
    }

    /// Writes one value, or one element.
    private static func write(_ value: JSONValue, of field: Field, to text: inout JSONText) throws(AnswerDefect) {
        guard value.kind != .null else { return text.null() }
        switch field.type {
        case .record:
            guard let values = value["f"]?.elements else { throw field.defect(value) }
            try writeObject(field.fields, values.compactMap { $0["v"] }[...], to: &text)
        case .string, .bytes, .date, .time, .dateTime, .geography, .interval, .range, .unknown:
            // The service's own JSON: copied with its escapes, so that nothing is taken apart and put together again.
            guard value.kind == .string else { throw field.defect(value) }
            text.value(value)
        case .integer:
            guard let number = value.wireInteger else { throw field.defect(value) }
            text.value(number)
        case .float, .numeric:
            try writeNumber(value, of: field, to: &text)
        case .boolean:
            guard let boolean = value.wireBoolean else { throw field.defect(value) }
            text.value(boolean)
        case .timestamp:
            guard let moment = value.wireTimestamp else { throw field.defect(value) }
            text.value(moment.description)
        case .json:
            guard let document = value.string, let json = try? JSONValue(parsing: Array(document.utf8)) else {
                throw field.defect(value)
            }
            // A record stands on one line. In valid JSON line ends are white space: inside strings they are escaped.
            text.json(json.bytes.lazy.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
        }
    }

    private static func writeNumber(
        _ value: JSONValue, of field: Field, to text: inout JSONText
    ) throws(AnswerDefect) {
        let digits = value.string ?? value.text
        switch digits.lowercased() {
        case "nan": text.value("NaN")
        case "inf", "+inf", "infinity", "+infinity": text.value("Infinity")
        case "-inf", "-infinity": text.value("-Infinity")
        default:
            guard let number = NumberText(digits) else { throw field.defect(value) }
            text.json(number.json.utf8)
        }
    }

    private static func collectUnknownTypes(of fields: [Field], in unknown: inout [String]) {
        for field in fields {
            if case .unknown(let name) = field.type, !unknown.contains(name) { unknown.append(name) }
            collectUnknownTypes(of: field.fields, in: &unknown)
        }
    }
}

/// A row as a JSON object, ready to be written.
public struct RowRecord: JSONRecord {
    /// The text of the object.
    public let bytes: [UInt8]

    /// Appends the object.
    public func write(to text: inout JSONText) { text.json(bytes) }
}

extension Field {
    fileprivate func defect(_ value: JSONValue) -> AnswerDefect {
        .value(column: name, type, value.string.map { Excerpt($0) } ?? value.excerpt)
    }
}

extension JSONValue {
    /// A BOOL, in the forms that Google's own client takes.
    fileprivate var wireBoolean: Bool? {
        switch string?.lowercased() {
        case "true", "t", "1": true
        case "false", "f", "0": false
        default: boolean
        }
    }

    /// A TIMESTAMP: microseconds, as they are asked for; float seconds, which is what older servers send all the same;
    /// or text.
    fileprivate var wireTimestamp: Timestamp? {
        let text = string ?? self.text
        if let microseconds = Int64(text) { return Timestamp(microseconds: microseconds) }
        return Timestamp(epoch: Array(text.utf8)) ?? Timestamp(text: text.utf8)
    }
}
