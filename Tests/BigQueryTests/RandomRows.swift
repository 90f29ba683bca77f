import NDJSON
import TestSupport

@testable import BigQuery

/// Makes schemas, and rows for them in all the ways that a server might write them.
struct RandomRows {
    var random: SeededGenerator
    /// Whether white space, other members and needless escapes may stand wherever the grammar lets them.
    let isPlain: Bool

    private static let names = ["id", "a", "name with \"quotes\"", "Ünicode", "a_name_that_is_longer_than_sixteen", ""]
    private static let types: [FieldType] = [
        .integer, .float, .numeric, .boolean, .string, .bytes, .date, .timestamp, .json, .range, .unknown("VECTOR"),
    ]

    init(seed: Int) {
        random = SeededGenerator(seed: seed)
        isPlain = seed.isMultiple(of: 3)
    }

    // MARK: Schemas

    mutating func fields(levels: Int) -> [Field] {
        (0..<Int.random(in: 1...6, using: &random)).map { number in
            let name = pick(RandomRows.names) + "\(number)"
            let isRepeated = Int.random(in: 0..<4, using: &random) == 0
            if levels > 0, Int.random(in: 0..<4, using: &random) == 0 {
                return Field(name, .record, isRepeated: isRepeated, fields: fields(levels: levels - 1))
            }
            return Field(name, pick(RandomRows.types), isRepeated: isRepeated)
        }
    }

    // MARK: Rows

    /// `{"f":[…]}`.
    mutating func row(_ fields: [Field]) -> String {
        object("f", array(fields.map { cell($0) }))
    }

    private mutating func cell(_ field: Field) -> String {
        guard field.isRepeated else { return object("v", value(field)) }
        let count = pick([0, 1, 2, 5])
        return object("v", count == 0 && isRare() ? "null" : array((0..<count).map { _ in object("v", value(field)) }))
    }

    private mutating func value(_ field: Field) -> String {
        if Int.random(in: 0..<8, using: &random) == 0 { return "null" }
        if field.type == .record { return row(field.fields) }
        // What does not fit belongs to a row as well: both decoders have to refuse it.
        if Int.random(in: 0..<200, using: &random) == 0 { return pick([#""x""#, "7", "true", "{}", "[]", #""""#]) }
        return string(text(field.type))
    }

    private mutating func text(_ type: FieldType) -> String {
        switch type {
        case .integer:
            pick([
                "0", "-0", "7", "-1", "12345678", "123456789", "9007199254740993", "999999999999999999",
                "9223372036854775807", "-9223372036854775808", "-9223372036854775807", "007", "+5",
            ])
        case .float, .numeric:
            pick([
                "0", "1.5", "-0.0", "1.0E300", "1e-7", "NaN", "-inf", "Infinity", "47.379999999999995", "12345678.25",
                "-99999999999999999999999999999.999999999", "5.7896044618658097711785492504343953926634992332820282",
            ])
        case .boolean: pick(["true", "false", "T", "0", "TRUE"])
        case .timestamp:
            pick([
                "0", "-1", "1704438753123456", "1704438753000000", "-62135596800000000", "253402300799999999",
                "1.704438753123456E9", "2024-01-05T07:12:33.123456000000Z",
            ])
        case .json: pick(["null", #"{"a": [1, "\"\\é\u0041\ud83d\udeb4"]}"#, " [1,\r\n 1.10] ", "\"x\"", "{"])
        default: String((0..<pick([0, 1, 7, 15, 16, 17, 33, 300])).map { _ in pick(Array("ab\"\\/\n\té🚴")) })
        }
    }

    // MARK: Notation

    private mutating func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\u0009"
            case _ where scalar.isASCII && isRare(): json += "\\u00" + String(scalar.value + 0x100, radix: 16).suffix(2)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    private mutating func object(_ key: String, _ value: String) -> String {
        var members = ["\(space())\(isRare() ? string(key) : "\"\(key)\"")\(space()):\(space())\(value)\(space())"]
        if isRare() { members.insert(#""other":{"v":[1]}"#, at: 0) }
        if isRare() { members.append(#" "vv" : "\"}" "#) }
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func array(_ elements: [String]) -> String {
        "[\(elements.map { "\(space())\($0)\(space())" }.joined(separator: ","))\(elements.isEmpty ? space() : "")]"
    }

    private mutating func space() -> String { isRare() ? pick([" ", "\n", "\r\n\t", "    "]) : "" }

    private mutating func isRare() -> Bool { isPlain ? false : Int.random(in: 0..<20, using: &random) == 0 }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }
}
