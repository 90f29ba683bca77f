import Foundation
import TestSupport
import Testing

/// `backfill-activities` against a real BigQuery API and a pipeline that really stores what it is sent.
@Suite(.serialized) struct BackfillTests {
    private let backfill = Run.clone.appendingPathComponent("scripts/data/backfill-activities").path
    private let missing = "bq-missing --source-project progressor-x --target-env local"

    @Test func `after a backfill only what was deleted at Strava is missing, and none of that was sent`() throws {
        let local = try LocalDevelopment()
        let events = try local.run(missing).lines.count
        let run = try local.run("\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000")
        #expect(run.status == 0, "\(run.words)")
        #expect(try local.requests().count == events)
        try local.drain()

        #expect(try local.run(missing).lines == [])
        let still = try local.run(
            "bq-missing --source-project progressor-x --target desirelines-local.desirelines.activities"
        ).lines
        let deleted = try local.run(
            "bq-missing --no-target --source desirelines-local.desirelines.deleted_activities")
        #expect(still == deleted.lines)
        #expect(!still.isEmpty)

        let again = try local.run("\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000")
        #expect(again.status == 0)
        #expect(again.words.contains("nothing is left: the cron line can go"))
        #expect(try local.requests().count == events, "a second run sent something")
    }

    @Test func `a run that is ended goes on where it stopped, and none is lost or sent again`() throws {
        let local = try LocalDevelopment()
        let events = try local.run(missing).lines.count
        let slice = try local.run(
            """
            \(backfill) --source-project=progressor-x --target-env=local --rate-limit=200 & run=$!
            until [[ $(wc -l <backfill/local/results.ndjson 2>/dev/null) -ge 20 ]]; do sleep 0.05; done
            kill -TERM $run; wait $run
            """)
        #expect(slice.status == 143)
        let sent = try local.requests().count
        #expect((20..<events).contains(sent), "\(sent) of \(events) events were sent before the end")

        let rest = try local.run("\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000")
        #expect(rest.status == 0, "\(rest.words)")
        let bodies = try local.requests().map(\.body)
        #expect(Set(bodies).count == events)
        // The one in flight when the signal came may have been abandoned after the dispatcher had it.
        #expect(bodies.count - events <= 1)
    }

    @Test func `cron hears nothing while a quota is spent, and once that nothing is left`() throws {
        let local = try LocalDevelopment()
        let events = try local.run(missing).lines.count
        let cron = { (quota: String) in
            try local.run(
                "\(backfill) --quiet --source-project=progressor-x --target-env=local --rate-limit=1000 --yes",
                environment: ["BACKFILL_QUOTA": quota, "BACKFILL_COST_PER_EVENT": "2", "BACKFILL_RESERVE": "20%"])
        }
        // What the shell cannot open is no end of the job.
        _ = try local.run("mkdir -p backfill/local/results.ndjson")
        let failed = try cron("25/31d")
        #expect(failed.status == 74)
        #expect(!failed.words.contains("nothing is left"))
        #expect(try local.run("rmdir backfill/local/results.ndjson; ls backfill/local/finished").status != 0)
        // Windows of a month, so that none ends in the middle of the test.
        let first = try cron("25/31d")
        #expect((first.status, first.words) == (75, ""))
        #expect(try local.requests().count == 10)
        // A spent quota asks BigQuery nothing either: what was asked would be here again.
        _ = try local.run("rm backfill/local/events.ndjson backfill/local/references.ndjson")
        let second = try cron("25/31d")
        #expect((second.status, second.words) == (75, ""))
        #expect(try local.requests().count == 10)
        #expect(try local.run("ls backfill/local/references.ndjson").status != 0)
        let last = try cron("100000/31d")
        #expect(last.status == 0, "\(last.words)")
        #expect(
            last.words.contains(
                "backfill-activities: nothing is left: the cron line can go; what has landed, --verify says\n"))
        #expect(try local.requests().count == events)
        let after = try cron("100000/31d")
        #expect((after.status, after.words) == (0, ""))
    }

    @Test func `activities that make no event are named once, and the others are sent`() throws {
        let local = try LocalDevelopment()
        let table = "progressor-x.strava.odd"
        let columns = "id, IF(id = 10000000000, NULL, athlete.id) AS athlete_id, start_date"
        let sql =
            "CREATE TABLE `\(table)` AS SELECT \(columns) FROM `progressor-x.strava.activities` ORDER BY id LIMIT 9"
        let made = try local.run(
            """
            curl -fsS -o made.json -H 'Content-Type: application/json' -d @- \
                "$BIGQUERY_EMULATOR_HOST/bigquery/v2/projects/progressor-x/queries" \
                <<<'{"useLegacySql":false,"query":"\(sql)"}'
            mkdir odd && sed 's/^BACKFILL_SOURCE_TABLE=.*/BACKFILL_SOURCE_TABLE=\(table)/' \
                "$BACKFILL_ENVIRONMENTS/local.env" >odd/local.env
            """)
        try #require(made.status == 0, "\(made.words)")
        let run = {
            try local.run(
                "\(backfill) --target-env=local --rate-limit=1000", environment: ["BACKFILL_ENVIRONMENTS": "odd"])
        }
        let first = try run()
        #expect(first.status == 1, "\(first.words)")
        #expect(first.words.contains("athlete_id: missing"))
        let sent = try local.requests().count
        #expect((1..<9).contains(sent))
        let second = try run()
        #expect(second.status == 0, "\(second.words)")
        #expect(try local.requests().count == sent)
    }

    @Test func `a job with other options waits until the first is finished, or is restarted`() throws {
        let local = try LocalDevelopment()
        let first = "\(backfill) --source-project=progressor-x --target-env=dev --limit=3"
        let other = "\(backfill) --source-project=progressor-x --target-env=dev --limit=4 --rate-limit=1000"
        #expect(try local.run("\(first) --dry-run").status == 0)
        #expect(try local.requests().isEmpty, "a dry run sent something")
        let refused = try local.run(other)
        #expect(refused.status == 78, "\(refused.words)")
        #expect(refused.words.contains("--restart"))
        #expect(try local.run("\(other) --restart").status == 0)
        #expect(try local.requests().count == 4)
        // Finished: the next question may be another one, and what it shares with the first is not sent again.
        #expect(try local.run("\(first) --rate-limit=1000").status == 0)
        let sent = try local.requests().map(\.body)
        #expect(Set(sent).count == sent.count, "an event was sent twice")
    }

    @Test func `a second run at the same time leaves at once, and says that another one is at work`() throws {
        let local = try LocalDevelopment()
        let both = try local.run(
            """
            \(backfill) --source-project=progressor-x --target-env=local --rate-limit=20 & run=$!
            until [[ -s backfill/local/results.ndjson ]]; do sleep 0.05; done
            \(backfill) --source-project=progressor-x --target-env=local; echo "status $?"
            kill -TERM $run; wait $run
            """)
        #expect(both.lines.contains("status 75"))
        #expect(both.words.contains("another run is at work there"))
    }

    @Test func `of two first runs at once one is at work, and keeps its directory`() throws {
        let local = try LocalDevelopment()
        let run = "\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000 --limit=3 --state=new"
        for round in 1...5 {
            let both = try local.run(
                """
                rm -rf new; \(run) & first=$!; \(run) & second=$!
                wait $first; a=$?; wait $second; echo "$((a < $? ? a : $?))"; wc -l <new/events.ndjson
                """)
            #expect(both.lines == ["0", "3"], "round \(round): \(both.words)")
        }
    }

    @Test func `a key or a policy that cannot be used is found out before the rows are paid for`() throws {
        let local = try LocalDevelopment()
        let run = try local.run(
            "\(backfill) --source-project=progressor-x --export-fixtures=f.json --limit=3 --anonymize --key-file=absent; ls f.json"
        )
        #expect(run.words.contains("absent"))
        #expect(!run.words.contains("query:"), "\(run.words)")
    }

    @Test func `a sport that nothing has is no end of the job to be glad of`() throws {
        let local = try LocalDevelopment()
        let run = try local.run("\(backfill) --source-project=progressor-x --target-env=local --activity-type=ride")
        #expect(run.words.contains("nothing is missing that --activity-type ride asks for: if that is a surprise"))
        #expect(!run.words.contains("cron line"))
    }

    @Test func `a protected environment wants a yes`() throws {
        let local = try LocalDevelopment()
        let prod = "\(backfill) --source-project=progressor-x --target-env=prod --limit=2 --rate-limit=1000"
        let refused = try local.run(prod)
        #expect(refused.status == 64)
        #expect(try local.requests().isEmpty)
        #expect(try local.run("\(prod) --yes").status == 0)
        #expect(try local.requests().count == 2)
    }

    @Test func `a fixture holds whole rows, and nothing of the run stays behind`() throws {
        let local = try LocalDevelopment()
        let run = try local.run(
            "TMPDIR=$PWD \(backfill) --source-project=progressor-x --export-fixtures=fixture.json --limit=20")
        #expect(run.status == 0, "\(run.words)")
        let fixture = try Data(contentsOf: local.folder.url.appendingPathComponent("fixture.json"))
        let rows = try #require(JSONSerialization.jsonObject(with: fixture) as? [[String: Any]])
        #expect(rows.count == 20)
        #expect(rows.allSatisfy { $0["segment_efforts"] is [Any] })
        #expect(rows.contains { $0["map"] is [String: Any] })
        let left = try FileManager.default.contentsOfDirectory(atPath: local.folder.url.path)
        #expect(Set(left) == ["fixture.json", "fixture.json.provenance.json", "local"])
    }

    @Test(arguments: [
        "", "--target-env=local --export-fixtures=x.json", "--target-env=local --start-date=2024-02-30",
        "--target-env=local --start-date=2024-02-01 --end-date=2024-01-31", "--target-env=local --limit=0",
        "--target-env=local --rate-limit=0", "--target-env=Local", "--target-env=local --unknown", "--target-env",
    ])
    func `wrong options end with 64 and touch nothing`(_ options: String) throws {
        let folder = try TemporaryFolder()
        let run = try Run(
            shell: "\(backfill) --source-project=progressor-x \(options)",
            environment: ["XDG_STATE_HOME": folder.url.path, "BACKFILL_BIN": Run.programs.path], in: folder.url)
        #expect(run.status == 64, "\(run.words)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func `a first run that fails takes away the folders that it made, and no others`() throws {
        let folder = try TemporaryFolder()
        let run = try Run(
            shell:
                "mkdir mine; \(backfill) --source-project=progressor-x --target-env=none --state=mine/a/b; echo $?; find . | sort",
            environment: ["BACKFILL_BIN": Run.programs.path], in: folder.url)
        #expect(run.lines == ["78", ".", "./mine"])
    }

    @Test(arguments: [("yes", 64), ("true", 64), ("no", 78), ("", 78)])
    func `an environment is protected unless its file plainly says no`(_ value: String, _ status: Int32) throws {
        let folder = try TemporaryFolder()
        // 78 is what comes next: there is no BigQuery to ask.
        let run = try Run(
            shell: """
                mkdir environments; echo 'BACKFILL_PROTECTED=\(value)' >environments/here.env
                unset BIGQUERY_EMULATOR_HOST
                \(backfill) --source-project=progressor-x --target-env=here --state=job
                """, environment: ["BACKFILL_BIN": Run.programs.path], in: folder.url)
        #expect(run.status == status, "\(run.words)")
    }

    @Test func `print-pipeline shows commands that do the same, and runs none`() throws {
        let local = try LocalDevelopment()
        let options = "--source-project=progressor-x --target-env=dev --limit=2 --rate-limit=1000"
        let shown = try local.run("\(backfill) \(options) --print-pipeline")
        #expect(try local.requests().isEmpty)
        let typed = try local.run(
            "mkdir -p backfill/dev; \(String(decoding: shown.output, as: UTF8.self))")
        #expect(typed.status == 0, "\(typed.words)")
        #expect(try local.requests().count == 2)
    }
}
