import Foundation
import TestSupport
import Testing

/// The schemas of the streams: what golden cases show fits them, and what is a little different does not.
@Suite struct SchemaTests {
    /// What the filters wrote in all cases, by the schema that tells what it is.
    private static let lines: [String: [String]] = Dictionary(grouping: written) { schema(of: $0) }

    @Test(arguments: [
        ("reference", 20), ("row", 10), ("event", 20), ("record", 10), ("plan", 2), ("checkpoint", 2), ("ledger", 2),
        ("message", 2), ("job-report", 1), ("provenance", 5),
    ])
    func `what golden cases show fits the schema of its stream`(_ schema: String, _ least: Int) throws {
        let lines = try #require(SchemaTests.lines[schema], "no case shows a \(schema)")
        #expect(lines.count >= least)
        let run = try check(schema, lines)
        #expect(run.status == 0, "\(run.words)")
    }

    @Test func `no filter writes a line that no schema tells of`() {
        let others = SchemaTests.lines["", default: []]
        #expect(others.isEmpty, "\(others.joined(separator: "\n"))")
    }

    @Test func `the policy that is printed fits its schema`() throws {
        let policy = try Run("export-fixture", ["--print-policy"], in: Run.clone).lines.joined(separator: " ")
        #expect(try check("policy", [policy]).status == 0)
    }

    @Test(arguments: [
        ("reference", #"{"id":1,"athlete_id":2,"start_date":"2024-01-05T07:12:33Z"}"#, "'type' is a required property"),
        ("reference", #"{"id":1,"athlete_id":2,"start_date":"2024-01-05","type":"Ride"}"#, "$.start_date: "),
        ("row", #"{"id":"7"}"#, "$.id: '7' is not of type 'integer'"),
        ("row", #"{"id":9223372036854775808}"#, "$.id: "),
        (
            "event", #"{"object_type":"activity","object_id":1,"aspect_type":"create"}"#,
            "'updates' is a required property"
        ),
        (
            "event",
            #"{"object_type":"activity","object_id":1,"aspect_type":"create","owner_id":2,"subscription_id":3,"event_time":4,"#
                + #""updates":{"title":"t"}}"#, "$.updates: "
        ),
        ("result", #"{"event":{"id":1},"outcome":"landed","time":"2024-01-05T07:12:33Z"}"#, "$.outcome: 'landed'"),
        ("record", #"{"event":{"id":1},"outcome":"gone","time":"2024-01-05T07:12:33Z"}"#, "'deliveries' is a required"),
        ("checkpoint", #"{"journal":"replay","version":2,"key":"webhook"}"#, "is not valid under any"),
        ("ledger", #"{"time":"2024-01-05T07:12:33Z","charge":0,"target":"prod"}"#, "is not valid under any"),
        ("policy", #"{"id":"forget"}"#, "$.id: 'forget'"),
        ("message", #"{"time":"2024-01-05T07:12:33Z","level":"loud","tool":"t","message":"m"}"#, "$.level: 'loud'"),
        ("row", #"{"id":1"#, "not JSON"),
        ("row", #"{"id":1.0}"#, "$.id: 1.0 is not of type 'integer'"),
        ("row", #"{"id":1e3}"#, "$.id: 1000.0 is not of type 'integer'"),
        ("row", #"{"id":1,"id":2}"#, "id: twice in one object"),
        ("row", #"{"id":1,"of":{"a":1,"a":1}}"#, "a: twice in one object"),
        ("row", String(repeating: "[", count: 20_000), "not JSON"),
        ("ledger", #"{"ledger":"replay","version":1.0}"#, "is not valid under any"),
    ])
    func `what does not fit is named with its place`(_ schema: String, _ line: String, _ words: String) throws {
        let run = try check(schema, [#"{"id":1}"#, line])
        #expect(run.status == 1)
        #expect(run.words.contains("check-stream: stdin:2: \(schema): "), "\(run.words)")
        #expect(run.words.contains(words), "\(run.words)")
    }

    @Test(arguments: [
        "2024-01-05T07:12:33", "2024-01-05T07:12:33Z\\n", "٢٠٢٤-01-05T07:12:33Z", "2024-13-05T07:12:33Z",
        "2024-00-05T07:12:33Z", "2024-01-32T07:12:33Z", "2024-01-00T07:12:33Z", "2024-01-05T24:12:33Z",
        "2024-01-05T07:60:33Z", "2024-01-05T07:12:60Z", "2024-99-99T99:99:99Z", "2024-01-05T07:12:33.Z",
        "2024-01-05T07:12:33.1234567Z",
    ])
    func `what is no time is named`(_ time: String) throws {
        let line = #"{"id":1,"athlete_id":2,"start_date":"TIME","type":"Ride"}"#
        let good = ["2024-01-05T07:12:33Z", "2024-12-31T23:59:59.123456Z", time]
        let run = try check("reference", good.map { line.replacing("TIME", with: $0) })
        #expect(run.status == 1)
        #expect(run.words.hasPrefix("check-stream: stdin:3: reference: $.start_date: "), "\(run.words)")
        #expect(run.words.split(separator: "\n").count == 1, "\(run.words)")
    }

    @Test func `a line that is not UTF-8 is named`() throws {
        let bytes = Data(#"{"id":1,"name":""#.utf8) + [0xFF] + Data("\"}\n{\"id\":2}\n".utf8)
        let run = try Run(Run.clone.path + "/scripts/development/check-stream", ["row"], input: bytes, in: Run.clone)
        #expect(run.status == 1)
        #expect(run.words.hasPrefix("check-stream: stdin:1: row: not JSON: "), "\(run.words)")
    }

    @Test(arguments: ["../streams/reference", "Reference", "reference.schema.json"])
    func `what cannot be the name of a schema is a mistake in the command`(_ name: String) throws {
        let run = try check(name, [])
        #expect(run.status == 64)
        #expect(run.words.hasPrefix("check-stream: \(name): not the name of a schema"), "\(run.words)")
    }

    @Test func `a schema that is not there and no schema at all are told`() throws {
        let line = "\(Run.clone.path)/scripts/development/check-stream"
        #expect(try Run(line, ["nonsense"], in: Run.clone).status == 78)
        let run = try Run(line, [], in: Run.clone)
        #expect(run.status == 64)
        #expect(run.words.contains("one of: checkpoint event "), "\(run.words)")
    }

    private func check(_ schema: String, _ lines: [String]) throws -> Run {
        try Run(
            "\(Run.clone.path)/scripts/development/check-stream", [schema],
            input: Data(lines.map { $0 + "\n" }.joined().utf8), in: Run.clone)
    }

    /// Which schema tells of a line, by the keys that it begins with; empty for none.
    private static func schema(of line: String) -> String {
        let kinds: [(Regex<Substring>, String)] = [
            (/{"id":[0-9]+,"athlete_id":[0-9]+,"start_date":"[^"]+","type":/, "reference"),
            (/{"object_type":"activity","object_id":/, "event"), (/{"event":{[^}]*}.*,"outcome":/, "record"),
            (/{"read":/, "plan"), (/{"journal":/, "checkpoint"), (/{"target":/, "checkpoint"),
            (/{"ledger":/, "ledger"), (/{"time":"[^"]+","charge":/, "ledger"),
            (/{"time":"[^"]+","level":/, "message"), (/{"tool":"bq-missing"/, "job-report"),
            (/{"tool":"export-fixture"/, "provenance"), (/{"id":[0-9]+/, "row"),
        ]
        return kinds.first { line.prefixMatch(of: $0.0) != nil }?.1 ?? ""
    }

    /// The JSON lines of what cases expect, but for those that a filter was given and passed on. What differs from run to
    /// run is scrubbed there, and made up here.
    private static let written: [String] = {
        let golden = Run.clone.appendingPathComponent("Tests/GoldenTests/Golden")
        let names = FileManager.default.enumerator(atPath: golden.path)?.compactMap { $0 as? String } ?? []
        let expected = names.filter { name in
            let isStream = name.hasSuffix("/stdout") && !name.hasPrefix("export-fixture/")
            let isOurs =
                name.hasSuffix("/stderr") || name.hasSuffix(".provenance.json") || name.hasSuffix("checkpoint.ndjson")
            return !name.contains("/before/") && (isStream || isOurs)
        }
        return expected.sorted().flatMap { name -> [String] in
            let text = (try? String(contentsOf: golden.appendingPathComponent(name), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").filter { $0.hasPrefix("{") && !isPassedOn($0, name) }.map { line in
                [
                    (#""TIME""#, #""2024-01-05T07:12:33Z""#), (":NOW", ":0"), (":N", ":0"), (#""…""#, #""0""#),
                    (#""policy_sha256":"0""#, #""policy_sha256":"\#(String(repeating: "0", count: 64))""#),
                ].reduce(String(line)) { $0.replacing($1.0, with: $1.1) }
            }
        }
    }()

    /// `bq-missing --source -` writes what it read.
    private static func isPassedOn(_ line: Substring, _ name: String) -> Bool {
        name.hasPrefix("bq-missing/") && schema(of: String(line)) != "reference" && !line.hasPrefix(#"{"tool":"#)
    }
}
