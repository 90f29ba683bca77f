import Foundation
import TestSupport
import Testing

/// Tables that are not where, or what, a first run would expect. All in the emulator that all tests share, in projects
/// of each test's own.
@Suite struct PlaceTests {
    private let folder: TemporaryFolder
    private let source = "progressor-x.strava.activities"
    /// A project that no run before had.
    private let project = "project-\(UInt32.random(in: .min ... .max))"

    init() throws { folder = try TemporaryFolder() }

    private func type(_ line: String) throws -> Run { try Run(shell: line, in: folder.url) }

    private func post(_ path: String, _ body: String) throws {
        let curl = "curl -fsS -o answer.json -H 'Content-Type: application/json' -d @-"
        let run = try type(
            "\(curl) \"$BIGQUERY_EMULATOR_HOST/bigquery/v2/projects/\(path)\" <<'BODY'\n\(body)\nBODY")
        try #require(run.status == 0, "\(run.words)")
    }

    private func create(dataset: String, of project: String, in place: String) throws {
        let reference = #"{"projectId":"\#(project)","datasetId":"\#(dataset)"}"#
        try post("\(project)/datasets", #"{"datasetReference":\#(reference),"location":"\#(place)"}"#)
    }

    private func execute(_ sql: String) throws {
        try post("progressor-x/queries", #"{"useLegacySql":false,"query":"\#(sql)"}"#)
    }

    @Test func `the message for a missing target makes one, and an empty target lacks everything`() throws {
        let run = try type("bq-missing --source \(source) --target \(project).new.activities")
        #expect(run.status == 78)
        let command = try #require(run.words.split(separator: "make it: ").last)
        #expect(command.hasPrefix("bq --location=US mk --dataset \(project):new && bq query --project_id="))
        try create(dataset: "new", of: project, in: "US")
        let sql = try #require(command.split(separator: "'").dropFirst().first)
        try execute(String(sql))

        let all = try type("bq-missing --source \(source) --no-target").lines
        #expect(!all.isEmpty)
        #expect(try type("bq-missing --source \(source) --target \(project).new.activities").lines == all)
        #expect(try type("bq-missing --source \(source) --target \(source)").lines == [])
    }

    @Test func `for tables that lie apart the message is a pipe that compares them`() throws {
        try create(dataset: "d", of: project, in: "EU")
        try execute("CREATE TABLE `\(project).d.activities` LIKE `\(source)`")
        let options = "--start-date 2024-01-01 --end-date 2024-12-31 --activity-type Ride --limit 4"
        let run = try type("bq-missing --source \(source) --target \(project).d.activities \(options)")
        #expect(run.status == 78)
        #expect(run.words.contains("lies in US, \(project).d.activities in EU: no query reads both"))
        let pipe = try #require(run.words.split(separator: "no query reads both; ").last)
        let expected = try type("bq-missing --source \(source) --no-target \(options)").lines
        #expect(expected.count == 4)
        #expect(try type(String(pipe)).lines == expected)
    }

    @Test func `the pipe takes over what each stage needs, and excludes no table twice`() throws {
        try create(dataset: "d", of: project, in: "EU")
        try execute("CREATE TABLE `\(project).d.gone` AS SELECT * FROM `\(source)` WHERE MOD(id, 2) = 0")
        let run = try type(
            "BACKFILL_EXCLUDE_TABLE=\(project).d.gone bq-missing --source \(source) --no-target --billing-project \(project)"
                + " --id-column id --activity-type \"it's\"")
        #expect(run.status == 78)
        let pipe = try #require(run.words.split(separator: "no query reads both; ").last)
        #expect(
            pipe.trimmingCharacters(in: .newlines)
                == "BACKFILL_EXCLUDE_TABLE= bq-missing --source \(source) --no-target --activity-type 'it'\\''s' --id-column id"
                + " --billing-project \(project) | BACKFILL_EXCLUDE_TABLE= bq-missing --source - --target \(project).d.gone"
                + " --id-column id --billing-project \(project)")
        let others = try type("export BACKFILL_EXCLUDE_TABLE=\(project).d.gone; \(pipe)")
        #expect(others.status == 0, "\(others.words)")
    }

    @Test func `no stage of the pipe reads the table that the environment names where options name others`() throws {
        try create(dataset: "d", of: project, in: "EU")
        try execute("CREATE TABLE `\(project).d.gone` AS SELECT * FROM `\(source)` WHERE MOD(id, 2) = 0")
        let exported = "export BACKFILL_EXCLUDE_TABLE=\(project).d.nowhere; "
        let list = "bq-missing --source \(source) --no-target --exclude \(project).d.gone"
        let run = try type("\(exported)\(list)")
        #expect(run.status == 78)
        let pipe = try #require(run.words.split(separator: "no query reads both; ").last)
        let others = try type("set -o pipefail; \(exported)\(pipe)")
        #expect(others.status == 0, "\(others.words)")
        let all = try type("bq-missing --source \(source) --no-target").lines
        let even = try type("bq-missing --source \(project).d.gone --no-target").lines
        #expect(!even.isEmpty)
        #expect(others.lines == all.filter { !even.contains($0) })
    }

    @Test func `the pipe for records finds their ids, and takes over what each stage needs`() throws {
        try create(dataset: "d", of: project, in: "EU")
        try execute("CREATE TABLE `\(project).d.gone` AS SELECT 43 AS id")
        let records = (41...45).map { "{\"event\":{\"object_id\":\($0)}}\n" }
        let input = Data(records.joined().utf8)
        try Data("42\n".utf8).write(to: folder.url.appendingPathComponent("it's known"))
        let options = "--id-field event.object_id --batch-size 2 --batch-wait 1m --billing-project \(project)"
        let exported = "export BACKFILL_EXCLUDE_TABLE=\(project).d.gone; "
        let run = try Run(
            shell:
                "\(exported)bq-missing --source - --target \(source) \(options) --limit 2 --exclude-ids \"it's known\"",
            input: input, in: folder.url)
        #expect(run.status == 78)
        let pipe = try #require(run.words.split(separator: "no query reads both; ").last)
            .trimmingCharacters(in: .newlines)
        #expect(
            pipe == "BACKFILL_EXCLUDE_TABLE= bq-missing --source - --target \(source) --exclude-ids 'it'\\''s known'"
                + " --id-field event.object_id --batch-size 2 --batch-wait 60s --billing-project \(project)"
                + " | BACKFILL_EXCLUDE_TABLE= bq-missing --source - --target \(project).d.gone"
                + " --id-field event.object_id --batch-size 2 --batch-wait 60s --billing-project \(project) --limit 2")
        let passed = try Run(shell: exported + pipe, input: input, in: folder.url)
        #expect(passed.status == 0, "\(passed.words)")
        #expect(passed.output == Data((records[0] + records[3]).utf8))
    }

    @Test func `the same pipe compares two services`() throws {
        let other = try LocalDevelopment()
        let host = try #require(other.environment["BIGQUERY_EMULATOR_HOST"])
        let target = "desirelines-prod.desirelines.activities"
        let pipe =
            "bq-missing --source \(source) --no-target"
            + " | BIGQUERY_EMULATOR_HOST=\(host) bq-missing --source - --target \(target)"
        let joined = try type("bq-missing --source \(source) --target \(target)").lines
        #expect(!joined.isEmpty)
        #expect(try type(pipe).lines == joined)
    }

    @Test func `a view is a source, and has no past`() throws {
        try create(dataset: "views", of: project, in: "US")
        try execute("CREATE VIEW `\(project).views.rides` AS SELECT * FROM `\(source)` WHERE type = 'Ride'")
        let rides = try type("bq-missing --source \(project).views.rides --no-target")
        #expect(rides.lines == (try type("bq-missing --source \(source) --no-target --activity-type Ride").lines))
        #expect(!rides.lines.isEmpty)
        let past = try type(
            "bq-missing --source \(project).views.rides --no-target --as-of 2026-01-01T00:00:00Z")
        #expect(past.status == 78)
        #expect(past.words.contains("a view has no past"))
    }

    @Test func `a location that is wrong is found out before a query runs`() throws {
        let run = try type("bq-missing --source \(source) --no-target --location EU --verbose")
        #expect(run.status == 78)
        #expect(run.words.contains("--location: EU: \(source) lies in US"))
        #expect(!run.words.contains("SELECT"))
        let fetch = try type("echo '{\"id\":1}' | BACKFILL_LOCATION=EU bq-fetch --source \(source)")
        #expect(fetch.status == 78)
        #expect(fetch.words.contains("environment: BACKFILL_LOCATION: EU: \(source) lies in US"))
        #expect(try type("BACKFILL_LOCATION='no where' bq-missing --source \(source) --no-target").status == 78)
    }
}
