import NDJSON

@testable import BigQuery

/// The plain way to make a record of a row: the answer as a tree, each value taken out, looked at, and written anew.
///
/// Slow, and short enough to be read and believed. `RowDecoder` has to give the same bytes.
enum TreeDecoder {
    /// The object for a row `{"f":[…]}`; nil when a value does not fit.
    static func record(_ fields: [Field], _ row: JSONValue) -> String? {
        var text = JSONText()
        return writeObject(fields, row, to: &text) ? text.string : nil
    }

    private static func writeObject(_ fields: [Field], _ row: JSONValue, to text: inout JSONText) -> Bool {
        guard let cells = row["f"], cells.kind == .array else { return false }
        let values = cells.elements.compactMap { $0["v"] }
        guard values.count == fields.count, cells.elements.count == fields.count else { return false }
        var fits = true
        text.object { text in
            for (field, value) in zip(fields, values) {
                text.key(escaping: field.name)
                fits = fits && writeField(field, value, to: &text)
            }
        }
        return fits
    }

    private static func writeField(_ field: Field, _ value: JSONValue, to text: inout JSONText) -> Bool {
        guard field.isRepeated else { return writeValue(value, of: field, to: &text) }
        var fits = true
        text.array { text in
            for element in value.elements {
                fits = fits && (element["v"].map { writeValue($0, of: field, to: &text) } ?? false)
            }
        }
        return fits
    }

    private static func writeValue(_ value: JSONValue, of field: Field, to text: inout JSONText) -> Bool {
        if value.kind == .null {
            text.null()
            return true
        }
        if field.type == .record { return writeObject(field.fields, value, to: &text) }
        guard let json = json(value, field.type) else { return false }
        text.json(json.utf8)
        return true
    }

    private static func json(_ value: JSONValue, _ type: FieldType) -> String? {
        switch type {
        case .integer: (value.string.flatMap { Int64($0) } ?? value.integer).map { "\($0)" }
        case .float, .numeric: number(value.string ?? value.text)
        case .boolean: boolean(value)
        case .timestamp: moment(value.string ?? value.text).map { "\"\($0)\"" }
        case .json: document(value)
        default: value.kind == .string ? value.text : nil
        }
    }

    private static func number(_ digits: String) -> String? {
        switch digits.lowercased() {
        case "nan": "\"NaN\""
        case "inf", "+inf", "infinity", "+infinity": "\"Infinity\""
        case "-inf", "-infinity": "\"-Infinity\""
        default: NumberText(digits)?.json
        }
    }

    private static func boolean(_ value: JSONValue) -> String? {
        switch value.string?.lowercased() {
        case "true", "t", "1": "true"
        case "false", "f", "0": "false"
        default: value.boolean.map { "\($0)" }
        }
    }

    private static func moment(_ text: String) -> Timestamp? {
        if let microseconds = Int64(text) { return Timestamp(microseconds: microseconds) }
        return Timestamp(epoch: Array(text.utf8)) ?? Timestamp(text: text.utf8)
    }

    private static func document(_ value: JSONValue) -> String? {
        guard let text = value.string, let json = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        return String(decoding: json.bytes.filter { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    }
}
