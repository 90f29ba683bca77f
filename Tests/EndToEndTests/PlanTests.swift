import Foundation
import TestSupport
import Testing

/// The page of `backfill-activities --dry-run`, and the real run that uses its answer.
@Suite(.serialized) struct PlanTests {
    private let backfill = Run.clone.appendingPathComponent("scripts/data/backfill-activities").path
    private let local: LocalDevelopment
    private let year = "--source-project=progressor-x --target-env=dev --start-date=2024-01-01 --end-date=2024-12-31"

    init() throws {
        local = try LocalDevelopment()
    }

    private func plan(_ options: String = "", environment: [String: String] = [:]) throws -> Run {
        try local.run("\(backfill) \(year) --state=job --dry-run --quiet \(options)", environment: environment)
    }

    /// The rows that BigQuery has for `sql`, the columns of each with tabs between them.
    private func rows(_ sql: String) throws -> [String] {
        try local.run(
            """
            jq -n --arg sql "$SQL" '{query: $sql, useLegacySql: false}' |
                curl -fsS -H 'Content-Type: application/json' -d @- \
                "$BIGQUERY_EMULATOR_HOST/bigquery/v2/projects/progressor-x/queries" |
                jq -r '.rows[]? | [.f[].v] | @tsv'
            """, environment: ["SQL": sql]
        ).lines
    }

    private static let missing = """
        FROM `progressor-x.strava.activities` s
        WHERE s.start_date >= '2024-01-01' AND s.start_date < '2025-01-01'
          AND s.id NOT IN (SELECT id FROM `desirelines-dev.desirelines.activities`)
        """
    private static let deleted = "s.id IN (SELECT id FROM `desirelines-dev.desirelines.deleted_activities`)"

    @Test func `its numbers are those that SQL gives`() throws {
        let page = try plan(
            environment: [
                "BACKFILL_QUOTA": "100/15m,1000/1d", "BACKFILL_COST_PER_EVENT": "2",
                "BACKFILL_LEDGER": local.folder.url.appendingPathComponent("ledger").path,
            ])
        #expect(page.status == 0, "\(page.words)")
        let text = page.lines.joined(separator: "\n")
        func one(_ sql: String) throws -> String { try rows(sql).first ?? "" }
        let alive = try one("SELECT COUNT(DISTINCT id) \(PlanTests.missing) AND NOT \(PlanTests.deleted)")
        let gone = try one("SELECT COUNT(DISTINCT id) \(PlanTests.missing) AND \(PlanTests.deleted)")
        let others = try one(
            """
            SELECT COUNT(DISTINCT id) \(PlanTests.missing) AND NOT \(PlanTests.deleted)
              AND s.sport_type NOT IN ('Ride', 'VirtualRide')
            """)
        let calls = 2 * (Int(alive) ?? 0)
        #expect(text.contains("missing       \(alive) activities; \(gone) more are known as deleted, and left out\n"))
        #expect(text.contains("to send       \(alive) requests, \(calls) calls; 0 settled already"))
        #expect(text.contains("ignored       \(others) of them: \(2 * (Int(others) ?? 0)) calls in all; of all types"))
        let months = try rows(
            """
            SELECT FORMAT_TIMESTAMP('%Y-%m', start_date), COUNT(DISTINCT IF(sport_type = 'Ride', id, NULL)), COUNT(DISTINCT id)
            \(PlanTests.missing) AND NOT \(PlanTests.deleted) GROUP BY 1 ORDER BY 1
            """)
        // The most frequent type stands first, the total before the bar.
        let table = page.lines.filter { $0.hasPrefix("2024-") }.map { line in
            let cells = line.split(separator: " ").filter { !$0.hasPrefix("#") }
            return [cells[0], cells[1], cells[cells.count - 1]].joined(separator: "\t")
        }
        #expect(table == months)
        #expect(months.count == 12)
        #expect(
            page.lines.allSatisfy { $0.hasPrefix("replay:") || $0.count <= 80 }, "\(text)"
        )
    }

    @Test func `BigQuery is asked once, and the real run uses the answer`() throws {
        #expect(try plan().status == 0)
        // An answer of its own would be the whole one again.
        _ = try local.run("sed -i '3,$d' job/references.ndjson")
        let run = try local.run("\(backfill) \(year) --state=job --rate-limit=1000")
        #expect(run.status == 0, "\(run.words)")
        #expect(!run.words.contains("backfill-activities: query"))
        #expect(try local.requests().count == 2)
        let after = try plan().lines.joined(separator: "\n")
        #expect(after.contains("to send       0 requests; 2 settled already"), "\(after)")
        #expect(after.contains("to look up    2 delivered events, with --verify"))
    }

    @Test func `which types are added up is a setting, and a limit of bytes is BigQuery's to keep`() throws {
        let page = try plan(environment: ["BACKFILL_AGGREGATED_TYPES": "Ride,VirtualRide,Run,Walk"])
        #expect(page.lines.contains { $0.hasSuffix("only Ride and VirtualRide and Run and Walk") })
        #expect(page.lines.contains { $0.hasPrefix("month          Ride         Run VirtualRide        Walk") })
        let text = try local.run("\(backfill) \(year) --state=other --dry-run --maximum-bytes-billed=x")
        #expect(text.status == 64, "\(text.words)")
    }

    @Test func `where nothing is missing the page says so`() throws {
        let page = try local.run(
            "\(backfill) --source-project=progressor-x --target-env=dev --start-date=2001-01-01 --end-date=2001-01-02 --state=job --dry-run --quiet"
        )
        #expect(page.status == 0, "\(page.words)")
        #expect(page.lines.contains("missing       0 activities; 0 more are known as deleted, and left out"))
        #expect(page.lines.contains("subscription  none: there is no event"))
        #expect(page.lines.contains("time          nothing to do"))
    }

    @Test func `a reference that makes no event keeps no other from being planned`() throws {
        #expect(try plan().status == 0)
        _ = try local.run(#"sed -i '1s/"athlete_id":[0-9]*/"athlete_id":null/' job/references.ndjson"#)
        let page = try plan()
        #expect(page.status == 1)
        #expect(page.lines.contains("no event      1 of them: no owner, no start, or no row"), "\(page.words)")
        #expect(page.lines.contains { $0.hasPrefix("to send       159 requests") })
    }

    @Test func `a directory of another environment, or of an earlier version, is none for this job`() throws {
        #expect(try plan().status == 0)
        let other = try local.run(
            "\(backfill) \(year.replacing("=dev", with: "=local")) --state=job --rate-limit=1000")
        #expect(other.status == 78, "\(other.words)")
        #expect(try local.requests().isEmpty)
        _ = try local.run("rm job/job.json")
        let blind = try plan()
        #expect(blind.status == 78)
        #expect(blind.words.contains("job/job.json: missing: nothing says what was asked; give --restart"))
    }

    @Test func `everything has a state directory of its own`() throws {
        let range = "--source-project=progressor-x --target-env=dev --start-date=2024-01-01 --end-date=2024-01-05"
        let all = try rows(
            "SELECT COUNT(DISTINCT id) FROM `progressor-x.strava.activities` s WHERE NOT \(PlanTests.deleted) AND start_date >= '2024-01-01' AND start_date < '2024-01-06'"
        )
        let everything = "\(backfill) \(range) --rate-limit=1000 --everything"
        let run = try local.run(everything)
        #expect(run.status == 0, "\(run.words)")
        #expect(try local.requests().count == Int(all.first ?? ""))
        #expect(try local.run("ls backfill/dev-everything/events.ndjson backfill/dev").status != 0)
        let again = try local.run(everything)
        #expect(again.words.contains("for another replay of everything give a new --state DIR"))
        #expect(try local.requests().count == Int(all.first ?? ""))
        let other = try local.run("\(backfill) \(range) --rate-limit=1000 --state=backfill/dev-everything")
        #expect(other.status == 78, "\(other.words)")
        // The other way round: what a backfill delivered would not be sent again.
        #expect(try local.run("\(backfill) \(range) --rate-limit=1000").status == 0)
        let into = try local.run("\(everything) --state=backfill/dev")
        #expect(into.status == 78, "\(into.words)")
        for option in ["--verify", "--restart"] {
            #expect(try local.run("\(everything) \(option)").status == 64)
        }
    }
}
