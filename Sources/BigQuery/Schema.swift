import NDJSON

/// What a value of a field is.
public enum FieldType: Equatable, Sendable {
    case integer, float, numeric, boolean, string, bytes, date, time, dateTime, timestamp
    case json, geography, interval, range, timestampRange, record
    /// A type that is younger than this program, by the name that the server gave it.
    case unknown(String)

    /// A type by its name in legacy or standard SQL, in any case.
    /// Source: cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema.
    public init(_ name: String) {
        switch name.uppercased() {
        case "INTEGER", "INT64": self = .integer
        case "FLOAT", "FLOAT64": self = .float
        case "NUMERIC", "BIGNUMERIC", "DECIMAL", "BIGDECIMAL": self = .numeric
        case "BOOLEAN", "BOOL": self = .boolean
        case "STRING": self = .string
        case "BYTES": self = .bytes
        case "DATE": self = .date
        case "TIME": self = .time
        case "DATETIME": self = .dateTime
        case "TIMESTAMP": self = .timestamp
        case "JSON": self = .json
        case "GEOGRAPHY": self = .geography
        case "INTERVAL": self = .interval
        case "RANGE": self = .range
        case "RECORD", "STRUCT": self = .record
        default: self = .unknown(name)
        }
    }
}

extension FieldType: CustomStringConvertible {
    /// The name in GoogleSQL.
    public var description: String {
        switch self {
        case .integer: "INT64"
        case .float: "FLOAT64"
        case .numeric: "NUMERIC"
        case .boolean: "BOOL"
        case .string: "STRING"
        case .bytes: "BYTES"
        case .date: "DATE"
        case .time: "TIME"
        case .dateTime: "DATETIME"
        case .timestamp: "TIMESTAMP"
        case .json: "JSON"
        case .geography: "GEOGRAPHY"
        case .interval: "INTERVAL"
        case .range, .timestampRange: "RANGE"
        case .record: "STRUCT"
        case .unknown(let name): name
        }
    }
}

/// A column of a table or of a result, or a field of a record in it.
public struct Field: Equatable, Sendable {
    /// The name as the schema writes it.
    public let name: String
    /// The type of the value, or of each element when it is repeated.
    public let type: FieldType
    /// Whether the value is an array. REQUIRED and NULLABLE are not told apart: results do not keep them.
    public let isRepeated: Bool
    /// The fields of a record, in order.
    public let fields: [Field]
    /// Whether it, or a field of it, is a TIMESTAMP(12), of which microseconds are only a part.
    let hasPicoseconds: Bool

    /// A field as a schema would have it.
    public init(
        _ name: String, _ type: FieldType, isRepeated: Bool = false, fields: [Field] = [], hasPicoseconds: Bool = false
    ) {
        self.name = name
        self.type = type
        self.isRepeated = isRepeated
        self.fields = fields
        self.hasPicoseconds = hasPicoseconds || fields.contains(where: \.hasPicoseconds)
    }

    init(_ json: JSONValue) {
        var type = FieldType(json["type"]?.string ?? "")
        // The ends of this one range come as numbers, which nobody could read without knowing what they count.
        if type == .range, FieldType(json["rangeElementType"]?["type"]?.string ?? "") == .timestamp {
            type = .timestampRange
        }
        self.init(
            json["name"]?.string ?? "",
            type,
            isRepeated: json["mode"]?.string?.uppercased() == "REPEATED",
            fields: json["fields"]?.elements.map(Field.init) ?? [],
            hasPicoseconds: json["timestampPrecision"]?.wireInteger == 12)
    }
}

/// The columns of a table or of a result, in order.
public struct Schema: Equatable, Sendable {
    /// The columns.
    public let fields: [Field]

    /// A schema of these columns.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// The `schema` member of an answer.
    init(_ json: JSONValue?) {
        fields = json?["fields"]?.elements.map(Field.init) ?? []
    }

    /// How its moments have to be asked for, so that all their digits come.
    var timestampFormat: TimestampFormat { fields.contains(where: \.hasPicoseconds) ? .text : .microseconds }

    /// The field at `path`; nil when there is none. Names are compared as BigQuery does, without regard to case.
    public subscript(path: ColumnPath) -> Field? {
        trail(to: path)?.last
    }

    /// The fields that `path` goes through, the column first; nil when there is no such path.
    public func trail(to path: ColumnPath) -> [Field]? {
        var trail: [Field] = []
        var fields = fields
        for part in path.parts {
            guard let field = fields.first(where: { $0.name.lowercased() == part.lowercased() }) else { return nil }
            trail.append(field)
            fields = field.fields
        }
        return trail
    }
}

/// How the service writes a TIMESTAMP. What it does unasked, seconds with a fraction, loses digits in other hands.
/// Source: cloud.google.com/bigquery/docs/reference/rest/v2/DataFormatOptions.
enum TimestampFormat {
    /// Whole microseconds, all that a TIMESTAMP has.
    case microseconds
    /// RFC 3339 with twelve decimals, for TIMESTAMP(12).
    case text

    /// The parameter of a request; the service takes one of the two.
    var parameter: (name: String, value: String) {
        switch self {
        case .microseconds: ("formatOptions.useInt64Timestamp", "true")
        case .text: ("formatOptions.timestampOutputFormat", "ISO8601_STRING")
        }
    }
}
