import Foundation
import NDJSON
import TestSupport

/// Rows of a schema by chance, in which no two sensitive values are alike but ids, which are taken from a few.
struct RandomRecords {
    /// What must not be in a fixture: texts of at least ten characters.
    private(set) var secrets: Set<String> = []
    /// Ids that came up, also those that are too short to be looked for in a text.
    private(set) var ids: Set<Int64> = []

    private var chance: SeededGenerator
    private let pool: [Int64]

    private static let idColumns: Set = ["id", "upload_id", "upload_id_str", "athlete_id", "gear_id"]
    private static let words: Set = [
        "type", "sport_type", "activity_type", "workout_type", "visibility", "available_zones",
    ]

    init(seed: Int) {
        var chance = SeededGenerator(seed: seed)
        pool = (0..<40).map { index in
            // Ids of all lengths, to the last one; but none that a fake could be: that ends a run, and has its own test.
            let id = Int64.random(in: 1...Int64.max >> Int64.random(in: 0...62, using: &chance), using: &chance)
            return index == 0 ? .max : (1 << 52..<1 << 53).contains(id) ? 7 : id
        }
        self.chance = chance
    }

    mutating func record(_ columns: [SchemaColumn]) -> String {
        "{" + columns.compactMap { member($0, below: "") }.joined(separator: ",") + "}"
    }

    private mutating func member(_ column: SchemaColumn, below path: String) -> String? {
        if column.mode == "NULLABLE", Int.random(in: 0..<4, using: &chance) == 0 {
            return Bool.random(using: &chance) ? nil : "\"\(column.name)\":null"
        }
        guard column.mode == "REPEATED" else { return "\"\(column.name)\":\(value(column, below: path))" }
        let values = (0..<Int.random(in: 0...3, using: &chance)).map { _ in value(column, below: path) }
        return "\"\(column.name)\":[\(values.joined(separator: ","))]"
    }

    private mutating func value(_ column: SchemaColumn, below path: String) -> String {
        if let fields = column.fields {
            let inner = "\(path)\(column.name)."
            return "{" + fields.compactMap { member($0, below: inner) }.joined(separator: ",") + "}"
        }
        switch column.type {
        case "INTEGER":
            let isID = RandomRecords.idColumns.contains(column.name)
            return isID ? id() : String(Int64.random(in: -9999...9999, using: &chance))
        case "FLOAT": return float(isSecret: column.name.hasSuffix("latlng"))
        case "BOOLEAN": return String(Bool.random(using: &chance))
        case "TIMESTAMP":
            let time = Timestamp(unixSeconds: Int64.random(in: 0..<4_000_000_000, using: &chance))
            return "\"\(time.map { "\($0)" } ?? "2024-01-05T07:12:33Z")\""
        case "JSON": return "{\"600\":\(secret())}"
        default: return string(column.name, isIDOfGear: path == "gear.")
        }
    }

    private mutating func string(_ name: String, isIDOfGear: Bool) -> String {
        if RandomRecords.words.contains(name) { return "\"Word_\(Int.random(in: 0..<100, using: &chance))\"" }
        // The ids of maps and photos are made of letters and digits that nobody promises.
        guard RandomRecords.idColumns.contains(name), name != "id" || isIDOfGear else { return secret() }
        return name == "upload_id_str" ? "\"\(id())\"" : "\"b\(id())\""
    }

    private mutating func id() -> String {
        let id = pool.randomElement(using: &chance) ?? 1
        ids.insert(id)
        if String(id).count >= 10 { secrets.insert(String(id)) }
        return String(id)
    }

    private mutating func float(isSecret: Bool) -> String {
        let digits = UInt64.random(in: 1_000_000_000...9_999_999_999, using: &chance)
        let text = "\(Int.random(in: -180...180, using: &chance)).\(digits)"
        if isSecret { secrets.insert(String(digits)) }
        return text
    }

    private mutating func secret() -> String {
        let word = "é \(UInt64.random(in: .min ... .max, using: &chance))"
        secrets.insert(word)
        return "\"\(word)\""
    }
}
