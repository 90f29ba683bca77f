import Foundation
import TestServer
import TestSupport
import Testing

/// scripts/operations/monitor, by the gcloud stand-in, and by a local server for what gcloud has no command for.
@Suite struct MonitorTests {
    /// One line in each of the forms that it reads, and what stands for it in a filter.
    private static let records = """
        {"event":{"object_type":"activity","object_id":9007199254740993,"owner_id":7,"event_time":1704438753},\
        "outcome":"delivered","correlation_id":"269a9ab7-4343-4eb2-8ebc-d4b06cd3bba9"}
        {"object_type":"activity","object_id":9223372036854775807,"owner_id":9007199254740993,"event_time":1704438753}
        {"id":11,"athlete_id":3,"start_date":"2024-02-01T07:12:33Z","type":"Ride"}
        {"name":"a \\"quoted\\": {1234567890123456789,","athlete":{"id":5},"start_date":"2024-02-01T00:00:00.5Z","id":4343}
        9007199254740995
        63be5b87-2f3f-4391-ae04-905ea1f3c490

        {"id":"10","correlation_id":null}

        """
    private static let ids = [
        "10", "11", "269a9ab7-4343-4eb2-8ebc-d4b06cd3bba9", "4343", "63be5b87-2f3f-4391-ae04-905ea1f3c490",
        "9007199254740993", "9007199254740995", "9223372036854775807",
    ]
    private static let signedIn =
        #"[[ $1 != auth ]] || { [[ $2 == list ]] && echo me@example.com || echo t0k3n; return; };"#

    @Test func `entries with an id come out reduced, oldest first, and records without one are named`() throws {
        let gcloud = try Gcloud(
            answers: MonitorTests.signedIn + """
                cat <<'END'
                [{"insertId":"c","timestamp":"2024-01-05T10:00:02Z","severity":"ERROR","resource":{"type":"cloud_function",
                  "labels":{"function_name":"aggregate"}},"textPayload":"activity-9007199254740993 \\"activity_id\\":\\"5\\""},
                 {"insertId":"b","timestamp":"2024-01-05T10:00:01Z","resource":{"labels":{"service_name":"dispatcher"}},
                  "jsonPayload":{"correlation_id":"269a9ab7-4343-4eb2-8ebc-d4b06cd3bba9","id":11,"message":"published"}},
                 {"insertId":"a","timestamp":"2024-01-05T10:00:00Z","resource":{"labels":{"service_name":"dispatcher"}},
                  "httpRequest":{"requestMethod":"POST","requestUrl":"https://d.example/11?token=x","status":201}},
                 {"insertId":"d","timestamp":"2024-01-05T10:00:00Z","resource":{"labels":{}},
                  "jsonPayload":{"id":9007199254740992,"message":"110, 9007199254740994"}}]
                END
                """)
        let line = "$scripts/operations/monitor logs --project p --since 2h"
        let run = try gcloud.run(line, input: MonitorTests.records)
        #expect(
            run.lines == [
                """
                {"time":"2024-01-05T10:00:00Z","severity":"DEFAULT","service":"dispatcher","correlation_id":null,\
                "activity_id":11,"message":"POST https://d.example/11 201"}
                """,
                """
                {"time":"2024-01-05T10:00:01Z","severity":"DEFAULT","service":"dispatcher",\
                "correlation_id":"269a9ab7-4343-4eb2-8ebc-d4b06cd3bba9","activity_id":11,"message":"published"}
                """,
                """
                {"time":"2024-01-05T10:00:02Z","severity":"ERROR","service":"aggregate","correlation_id":null,\
                "activity_id":9007199254740993,"message":"activity-9007199254740993 \\"activity_id\\":\\"5\\""}
                """,
            ])
        #expect(
            run.words == """
                monitor: account: me@example.com
                monitor: stdin:2: 9223372036854775807: no log entry
                monitor: stdin:4: 4343: no log entry
                monitor: stdin:5: 9007199254740995: no log entry
                monitor: stdin:6: 63be5b87-2f3f-4391-ae04-905ea1f3c490: no log entry
                monitor: stdin:8: 10: no log entry

                """)
        #expect(run.status == 1)
        let list = MonitorTests.ids.map { "\"\($0)\"" }.joined(separator: " OR ")
        #expect(
            try gcloud.calls.last?.args == [
                "logging", "read",
                #"resource.type=("cloud_run_revision" OR "cloud_run_job" OR "cloud_function") AND (\#(list))"#,
                "--project=p", "--freshness=2h", "--format=json",
            ])

        let calls = try gcloud.calls
        try gcloud.forget()
        let again = try gcloud.run(line, input: MonitorTests.records)
        #expect(again.output == run.output && again.status == 1)
        #expect(try gcloud.calls == calls)
        #expect(try gcloud.run("\(line) --quiet", input: "11\n").words.isEmpty)
        #expect(try gcloud.run(line, input: "11\n").status == 0)
    }

    @Test func `without any entry each record is named`() throws {
        let gcloud = try Gcloud(answers: MonitorTests.signedIn + "echo '[]'")
        let run = try gcloud.run("$scripts/operations/monitor logs --project p --quiet", input: "11\n12\n")
        #expect(run.words == "monitor: stdin:1: 11: no log entry\nmonitor: stdin:2: 12: no log entry\n")
        #expect(run.status == 1)
    }

    @Test func `many ids are asked for in filters that Google takes, an entry in two comes once`() throws {
        let gcloud = try Gcloud(
            answers: MonitorTests.signedIn
                + #"echo '[{"insertId":"a","timestamp":"2024-01-05T10:00:00Z","textPayload":"10000000001 10000002999"}]'"#
        )
        let run = try gcloud.run("seq 10000000001 10000003000 | $scripts/operations/monitor logs --project p")
        #expect(run.lines.count == 1 && run.status == 1)
        #expect(run.words.split(separator: "\n").filter { $0.hasSuffix("no log entry") }.count == 2998)
        let filters = try gcloud.calls.filter { $0.args.first == "logging" }.map { $0.args[2] }
        // The time that gcloud adds is about fifty characters.
        #expect(filters.count == 3 && filters.allSatisfy { $0.count < 19_900 })
        let asked = filters.flatMap { $0.matches(of: /"(\d+)"/).map { String($0.1) } }
        #expect(asked == (10_000_000_001...10_000_003_000).map { String($0) })
    }

    @Test func `a dry run prints what a shell could run, and asks nobody`() throws {
        let gcloud = try Gcloud(answers: "return 1")
        let run = try gcloud.run(
            "$scripts/operations/monitor logs --project p --field jsonPayload.activity_id --dry-run", input: "42\n")
        #expect(run.status == 0 && run.messages.isEmpty)
        #expect(run.lines.first?.contains(#"AND jsonPayload.activity_id=("42")' --project=p --freshness=1d"#) == true)
        let letters = try gcloud.run(
            "$scripts/operations/monitor dead-letters --subscription dead --project p --dry-run")
        #expect(
            letters.lines.first?.hasPrefix("GET https://monitoring.googleapis.com/v3/projects/p/timeSeries ") == true)
        #expect(try gcloud.calls.isEmpty)
    }

    @Test(arguments: [
        ("ERROR: (gcloud.logging.read) PERMISSION_DENIED: The caller does not have permission", 77, "roles that me@"),
        ("ERROR: (gcloud.logging.read) UNAVAILABLE: The service is currently unavailable.", 75, "again later"),
        ("ERROR: (gcloud.logging.read) NOT_FOUND: Project does not exist: p", 78, "check --project"),
    ])
    func `what Google refuses has its status`(words: String, status: Int32, wayOut: String) throws {
        let gcloud = try Gcloud(answers: MonitorTests.signedIn + "echo '\(words)' >&2; return 1")
        let run = try gcloud.run("$scripts/operations/monitor logs --project p", input: "42\n")
        #expect(run.status == status && run.output.isEmpty && run.words.contains(wayOut), "\(run.words)")
    }

    @Test(arguments: [
        ("0", 0), ("3", 1), ("9007199254740993", 1),
    ])
    func `the newest count of dead letters comes out, none is well`(count: String, status: Int32) throws {
        let server = ScriptedServer { _ in
            [
                .answer(
                    200,
                    #"{"timeSeries":[{"points":[{"interval":{"endTime":"2024-01-05T10:00:00Z"},"value":{"int64Value":""#
                        + count + #""}},{"value":{"int64Value":"77"}}]}]}"#)
            ]
        }
        let gcloud = try MonitorTests.gcloud(server, MonitorTests.signedIn)
        let run = try gcloud.run("$scripts/operations/monitor dead-letters --subscription dead --project p")
        #expect(run.status == status)
        #expect(run.lines == [#"{"subscription":"dead","time":"2024-01-05T10:00:00Z","undelivered":\#(count)}"#])
        #expect(run.words.contains("dead: \(count) undelivered; gcloud pubsub") == (status == 1))

        let request = try #require(server.requests.first)
        #expect(request.method == "GET" && request.header("Authorization") == "Bearer t0k3n")
        let target = try #require(request.target.removingPercentEncoding)
        #expect(
            target.contains(
                #"/v3/projects/p/timeSeries?filter=metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages"#
            ))
        #expect(
            target.contains(#"AND+resource.labels.subscription_id="dead"&interval.startTime=20"#)
                || target.contains(#"AND resource.labels.subscription_id="dead"&interval.startTime=20"#))
        #expect(
            try gcloud.calls.map(\.line) == [
                "auth list --filter=status:ACTIVE --format=value(account)",
                "pubsub subscriptions describe dead --project=p --format=value(name)", "auth print-access-token",
            ])
        #expect(!run.words.contains("t0k3n"))
    }

    @Test(arguments: [
        (200, "{}", 75, "no sample"), (200, "<html>", 75, "no sample"), (403, "Bearer t0k3n", 77, "Bearer ..."),
        (503, "", 75, "503"), (404, "", 78, "404"),
    ])
    func `no count of dead letters is no zero`(answer: Int, body: String, status: Int32, word: String) throws {
        let server = ScriptedServer { _ in [.answer(answer, body)] }
        let gcloud = try MonitorTests.gcloud(server, MonitorTests.signedIn)
        let run = try gcloud.run("$scripts/operations/monitor dead-letters --subscription dead --project p")
        #expect(run.status == status && run.output.isEmpty && run.words.contains(word), "\(run.words)")
        #expect(!run.words.contains("t0k3n"))
    }

    @Test func `a dead-letter subscription that does not exist is said`() throws {
        let server = ScriptedServer()
        let absent =
            "[[ $1 != pubsub ]] || { echo 'ERROR: (gcloud.pubsub) NOT_FOUND: Resource not found' >&2; return 1; };"
        let gcloud = try MonitorTests.gcloud(server, absent + MonitorTests.signedIn)
        let run = try gcloud.run("$scripts/operations/monitor dead-letters --subscription dead --project p")
        #expect(run.status == 78 && run.words.contains("dead: does not exist in p; check --subscription"))
        #expect(server.requests.isEmpty)
    }

    @Test func `a summary is looked for once for each day and athlete`() throws {
        let gcloud = try Gcloud(
            answers: MonitorTests.signedIn
                + "printf '%s\\n' gs://bucket/s/7/2024/01-05.json gs://bucket/s/3/2024/02-011json")
        let line = "$scripts/operations/monitor summaries --project p --pattern 'gs://bucket/s/%a/%Y/%m-%d.json'"
        let run = try gcloud.run(line, input: MonitorTests.records)
        #expect(
            run.lines == [
                #"{"summary":"gs://bucket/s/3/2024/02-01.json","exists":false}"#,
                #"{"summary":"gs://bucket/s/5/2024/02-01.json","exists":false}"#,
                #"{"summary":"gs://bucket/s/7/2024/01-05.json","exists":true}"#,
                #"{"summary":"gs://bucket/s/9007199254740993/2024/01-05.json","exists":false}"#,
            ])
        #expect(run.words.contains("stdin:5: no start date, and so no day\n"))
        #expect(run.words.contains("gs://bucket/s/3/2024/02-01.json: not there\n"))
        #expect(run.status == 1)
        #expect(try gcloud.calls.last?.args == ["storage", "ls", "gs://bucket/s/**"])
        let first = MonitorTests.records.prefix { $0 != "\n" } + "\n"
        let again = try gcloud.run(line, input: String(first))
        #expect(again.status == 0 && again.lines == [#"{"summary":"gs://bucket/s/7/2024/01-05.json","exists":true}"#])
    }

    @Test(arguments: [
        ("ERROR: (gcloud.storage.ls) One or more URLs matched no objects.", 1, "not there"),
        ("ERROR: (gcloud.storage.ls) gs://bucket not found: 404.", 78, "not found: 404"),
        (
            "ERROR: (gcloud.storage.ls) HTTPError 403: me@example.com does not have storage.objects.list access", 77,
            "403"
        ),
    ])
    func `an empty bucket is not one that cannot be read`(words: String, status: Int32, word: String) throws {
        let gcloud = try Gcloud(answers: MonitorTests.signedIn + "echo '\(words)' >&2; return 1")
        let run = try gcloud.run(
            "$scripts/operations/monitor summaries --project p --pattern 'gs://bucket/%Y%m%d'",
            input: #"{"id":1,"start_date":"2024-02-01T00:00:00Z"}"#)
        #expect(run.status == status && run.words.contains(word), "\(run.words)")
    }

    @Test func `an environment names the project`() throws {
        let gcloud = try Gcloud(answers: "return 1", environment: ["BACKFILL_ENVIRONMENTS": "."])
        let run = try gcloud.run(
            """
            echo BACKFILL_TARGET_TABLE=example.com:desirelines.d.activities >prod.env
            $scripts/operations/monitor logs --target-env prod --dry-run
            """, input: "42\n")
        #expect(run.lines.first?.contains(" --project=example.com:desirelines ") == true)
        let absent = try gcloud.run("$scripts/operations/monitor logs --target-env dev --dry-run", input: "42\n")
        #expect(absent.status == 78 && absent.words.contains("dev.env: not found"))
    }

    @Test func `a line without an id is named, and the others are asked for`() throws {
        let gcloud = try Gcloud(answers: "return 1")
        let run = try gcloud.run(
            "$scripts/operations/monitor logs --project p --dry-run",
            input:
                "{\"x\":1}\n{\"id\":1.0}\n{\"id\":007}\n{\"id\":42\n\") OR (\"\n[]\n\n43\n{\"id\":\"1\\\" OR \\\"2\"}")
        #expect(run.lines.first?.contains(#"AND ("43")'"#) == true)
        #expect(run.words == [1, 2, 3, 4, 5, 6, 9].map { "monitor: stdin:\($0): no id\n" }.joined())
        #expect(run.status == 1)
    }

    @Test(arguments: [
        "", "tail --project p", "logs", "logs --project p --since soon", "logs --project p --since 0d",
        "logs --project p --field 'a OR b'", "logs --project p --target-env prod", "logs dead-letters --project p",
        "dead-letters --project p", "dead-letters --project p --subscription 'a\" OR'", "summaries --project p",
        "summaries --project p --pattern gs://bucket/all", "summaries --project p --pattern 'gs://bucket/*/%Y'",
        "logs --project p --severity ERROR", "logs --project P", "logs --target-env ../x",
    ])
    func `what is wrong on the command line is said before anything is asked`(options: String) throws {
        let gcloud = try Gcloud(answers: "return 1")
        let run = try gcloud.run("$scripts/operations/monitor \(options)", input: "42\n")
        #expect(run.status == 64 && run.output.isEmpty && run.words.hasPrefix("monitor: "), "\(run.words)")
        #expect(try gcloud.calls.isEmpty)
    }

    @Test func `it explains itself`() throws {
        let run = try Gcloud(answers: "return 1").run("$scripts/operations/monitor --help")
        #expect(run.status == 0 && run.lines.first?.hasPrefix("Usage: monitor logs ") == true)
    }

    /// A gcloud for scripts whose Cloud Monitoring is `server`.
    private static func gcloud(_ server: ScriptedServer, _ answers: String) throws -> Gcloud {
        try Gcloud(
            answers: answers, environment: ["CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING": server.url()])
    }
}
