import Foundation
import NDJSON
import TestSupport
import Testing

@testable import export_fixture

/// What holds of all records, whatever is in them.
@Suite struct AnonymityTests {
    private struct Fixture {
        var random: RandomRecords
        let records: [String]
        let texts: [String]
        let messages: [String]
    }

    /// Records of all three schemas, through one anonymiser.
    private func fixture(seed: Int, key: [UInt8] = key) throws -> Fixture {
        var random = RandomRecords(seed: seed)
        let columns = try SchemaColumn.schemas.map(SchemaColumn.schema)
        let records = (0..<9).map { random.record(columns[$0 % 3]) }
        var anonymizer = try anonymizer(key: key)
        let texts = try records.map { try anonymizer.anonymize(JSONValue(parsing: Array($0.utf8))).string }
        return Fixture(random: random, records: records, texts: texts, messages: anonymizer.removals.messages)
    }

    @Test(arguments: 1...50)
    func `no coordinate, id or text of the input is in the output`(seed: Int) throws {
        let fixture = try fixture(seed: seed)
        let input = Data(fixture.records.joined(separator: "\n").utf8)
        let output = Data(fixture.texts.joined(separator: "\n").utf8)
        #expect(fixture.random.secrets.count > 100)
        let secrets = fixture.random.secrets
        #expect(secrets.filter { !occurs($0, in: input) } == [])
        #expect(secrets.filter { occurs($0, in: output) } == [])
        #expect(fixture.messages.isEmpty, "\(fixture.messages)")
    }

    private func occurs(_ text: String, in data: Data) -> Bool { data.range(of: Data(text.utf8)) != nil }

    @Test(arguments: 1...50)
    func `an id has one fake, a fake one id, and none is an id of the input`(seed: Int) throws {
        let fixture = try fixture(seed: seed)
        var fakes: [Int64: Int64] = [:]
        for (record, text) in zip(fixture.records, fixture.texts) {
            let before = try JSONValue(parsing: Array(record.utf8))
            let after = try JSONValue(parsing: Array(text.utf8))
            for (real, fake) in idPairs(before, after) {
                #expect(fakes.updateValue(fake, forKey: real) ?? fake == fake)
            }
        }
        #expect(fakes.count > 20)
        #expect(Set(fakes.values).count == fakes.count)
        #expect(fixture.random.ids.isDisjoint(with: fakes.values))
    }

    /// Ids of the one that stand at the same place in the other.
    private func idPairs(_ before: JSONValue, _ after: JSONValue) -> [(Int64, Int64)] {
        if after.kind == .array { return zip(before.elements, after.elements).flatMap { idPairs($0, $1) } }
        var pairs: [(Int64, Int64)] = []
        let originals = members(of: before)
        after.forEachMember { key, value in
            guard let original = originals[key] else { return }
            if key == "id" || key.hasSuffix("_id") || key == "upload_id_str" {
                if let real = id(original), let fake = id(value) { pairs.append((real, fake)) }
            } else {
                pairs += idPairs(original, value)
            }
        }
        return pairs
    }

    private func members(of object: JSONValue) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        object.forEachMember { members[$0] = $1 }
        return members
    }

    private func id(_ value: JSONValue) -> Int64? { value.id ?? value.string.flatMap { Int64($0.dropFirst()) } }

    @Test(arguments: 1...20)
    func `the same records and key give the same bytes, another key others`(seed: Int) throws {
        let texts = try fixture(seed: seed).texts
        #expect(try fixture(seed: seed).texts == texts)
        #expect(try fixture(seed: seed, key: key + [1]).texts != texts)
    }

    @Test(arguments: 1...50)
    func `a table with the record's schema takes what comes out`(seed: Int) throws {
        let fixture = try fixture(seed: seed)
        for (index, text) in fixture.texts.enumerated() {
            let columns = try SchemaColumn.schema(SchemaColumn.schemas[index % 3])
            let flaws = try flaws(of: JSONValue(parsing: Array(text.utf8)), columns)
            #expect(flaws.isEmpty, "\(flaws)")
        }
    }

    /// The columns that are missing, unknown, or of another type.
    private func flaws(of object: JSONValue, _ columns: [SchemaColumn]) -> [String] {
        let members = members(of: object)
        var flaws = columns.flatMap { column -> [String] in
            guard let value = members[column.name], value.kind != .null else {
                return column.mode == "REQUIRED" ? ["\(column.name): missing"] : []
            }
            if column.mode == "REPEATED", value.kind != .array { return ["\(column.name): not repeated"] }
            return (column.mode == "REPEATED" ? value.elements : [value]).flatMap { single -> [String] in
                if let fields = column.fields { return self.flaws(of: single, fields).map { "\(column.name).\($0)" } }
                let fits =
                    switch column.type {
                    case "INTEGER": single.integer != nil
                    case "FLOAT": single.kind == .number
                    case "BOOLEAN": single.boolean != nil
                    case "TIMESTAMP": single.timestamp != nil
                    default: single.kind == .string
                    }
                return fits ? [] : ["\(column.name): not \(column.type): \(single.text)"]
            }
        }
        flaws += Set(members.keys).subtracting(columns.map(\.name)).map { "\($0): unknown" }
        return flaws
    }

    @Test(arguments: 1...50)
    func `whatever the columns hold, only what the policy expects of them comes out`(seed: Int) throws {
        // Each value is a secret, of a kind that its column does not have.
        var chance = SeededGenerator(seed: seed)
        let paths = SchemaColumn.paths(try SchemaColumn.schema("deleted_activities"))
        let values = [#""my secret""#, #"{"secret":"my secret"}"#, #"[["my secret"]]"#, #"[{"id":"my secret"}]"#]
        var members = Dictionary(
            paths.map { ($0.prefix { $0 != "." }, values[Int.random(in: values.indices, using: &chance)]) }
        ) { $1 }
        members["my secret"] = "1"
        let record = "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        let result = try anonymized(record)
        #expect(!result.text.contains("secret"), "\(result.text)")
        #expect(result.messages.count > 20)
    }
}
