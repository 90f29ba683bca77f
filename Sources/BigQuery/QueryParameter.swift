public import NDJSON

/// A value that a query names as `@name`: values never become part of the SQL text.
public struct QueryParameter: Equatable, Sendable {
    /// What the parameter may be.
    public enum Value: Equatable, Sendable {
        case integer(Int64)
        case string(String)
        case boolean(Bool)
        case timestamp(Timestamp)
        case date(CivilDate)
        /// ARRAY<INT64>.
        case integers([Int64])
        /// ARRAY<STRING>.
        case strings([String])
    }

    /// The name, without `@`.
    public let name: String
    /// The value.
    public let value: Value

    /// The parameter `@name`.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension QueryParameter {
    /// How many bytes `number` takes in a request, as an element of `.integers`.
    public static func bytes(ofElement number: Int64) -> Int {
        var digits = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return #"{"value":""},"#.utf8.count + digits
    }

    /// About how many bytes the parameter takes in a request: enough, but for strings full of escapes.
    var bytes: Int {
        switch value {
        case .integers(let numbers): numbers.reduce(256) { $0 + QueryParameter.bytes(ofElement: $1) }
        case .strings(let strings): strings.reduce(256) { $0 + $1.utf8.count + 16 }
        case .integer, .string, .boolean, .timestamp, .date: 256
        }
    }

    func write(to text: inout JSONText) {
        text.object {
            $0.member("name", name)
            switch value {
            case .integer(let number): QueryParameter.write("INT64", String(number), to: &$0)
            case .string(let string): QueryParameter.write("STRING", string, to: &$0)
            case .boolean(let boolean): QueryParameter.write("BOOL", boolean ? "true" : "false", to: &$0)
            case .timestamp(let moment): QueryParameter.write("TIMESTAMP", moment.description, to: &$0)
            case .date(let day): QueryParameter.write("DATE", day.description, to: &$0)
            case .integers(let numbers): QueryParameter.write("INT64", numbers, to: &$0) { $0.value(inString: $1) }
            case .strings(let strings): QueryParameter.write("STRING", strings, to: &$0) { $0.value($1) }
            }
        }
    }

    private static func write(_ type: String, _ value: String, to text: inout JSONText) {
        text.key("parameterType")
        text.object { $0.member("type", type) }
        text.key("parameterValue")
        text.object { $0.member("value", value) }
    }

    private static func write<Value>(
        _ type: String, _ values: [Value], to text: inout JSONText, _ write: (inout JSONText, Value) -> Void
    ) {
        text.key("parameterType")
        text.object {
            $0.member("type", "ARRAY")
            $0.key("arrayType")
            $0.object { $0.member("type", type) }
        }
        text.key("parameterValue")
        text.object {
            // An empty array keeps its key: without it the parameter would be NULL.
            $0.key("arrayValues")
            $0.array { text in
                for value in values {
                    text.object {
                        $0.key("value")
                        write(&$0, value)
                    }
                }
            }
        }
    }
}

extension QueryParameter: CustomStringConvertible {
    /// `@start = 2024-01-01T00:00:00Z`; of an array the beginning.
    public var description: String {
        switch value {
        case .integer(let number): "@\(name) = \(number)"
        case .string(let text): "@\(name) = \(text)"
        case .boolean(let boolean): "@\(name) = \(boolean)"
        case .timestamp(let moment): "@\(name) = \(moment)"
        case .date(let day): "@\(name) = \(day)"
        case .integers(let numbers): "@\(name) = \(QueryParameter.list(numbers))"
        case .strings(let texts): "@\(name) = \(QueryParameter.list(texts))"
        }
    }

    private static func list(_ values: [some CustomStringConvertible]) -> String {
        let shown = values.prefix(3).map(\.description).joined(separator: ", ")
        return values.count <= 3 ? "[\(shown)]" : "[\(shown), … \(values.count) in all]"
    }
}
