import Foundation
import NDJSON
import TestSupport

@testable import export_fixture

/// A key of tests, which nothing else may be made with.
let key = Array("a key that everybody knows".utf8)

func anonymizer(_ policy: String = DefaultPolicy.text, key: [UInt8] = key) throws -> Anonymizer {
    Anonymizer(policy: try Policy(Array(policy.utf8)), ids: FakeIDs(key: key))
}

/// What becomes of one record, and what is said about it.
func anonymized(_ record: String, _ policy: String = DefaultPolicy.text) throws -> (text: String, messages: [String]) {
    var anonymizer = try anonymizer(policy)
    let text = try anonymizer.anonymize(JSONValue(parsing: Array(record.utf8))).string
    return (text, anonymizer.removals.messages)
}

/// A column of one of the schemas of the users' tables.
struct SchemaColumn: Decodable {
    let name: String
    let type: String
    let mode: String
    let fields: [SchemaColumn]?

    static let schemas = ["activities_full", "activities_minimal", "deleted_activities"]

    static func schema(_ name: String) throws -> [SchemaColumn] {
        let file = Run.clone.appendingPathComponent("schemas/\(name).json")
        return try JSONDecoder().decode([SchemaColumn].self, from: Data(contentsOf: file))
    }

    /// The paths of all columns that hold single values.
    static func paths(_ columns: [SchemaColumn], below path: String = "") -> [String] {
        columns.flatMap { column in
            column.fields.map { paths($0, below: "\(path)\(column.name).") } ?? ["\(path)\(column.name)"]
        }
    }
}
