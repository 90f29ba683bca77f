import Foundation
import TestSupport
import Testing

/// The three testing phases: what they send arrives, or they say what did not.
@Suite(.serialized) struct TestingPhaseTests {
    private let local: LocalDevelopment

    init() throws {
        local = try LocalDevelopment()
    }

    private func phase(_ line: String) throws -> Run {
        try local.run(
            "\(Run.clone.path)/scripts/data/phases/\(line) --source-project progressor-x --rate-limit 100 --settled 1s")
    }

    @Test func `one after the other they pass when everything has landed`() throws {
        let early = try phase("2-dev-month --month 2024-01")
        #expect(early.status == 78)
        #expect(early.words == "2-dev-month: 1-dev-ten has not passed in dev; run it first, or give --anyway\n")

        let plan = try phase("1-dev-ten --dry-run")
        #expect(
            plan.lines.contains("to send       10 requests; 0 settled already, 0 gone, 0 rejected"), "\(plan.lines)")
        #expect(try local.requests().isEmpty)

        #expect(
            try phase("1-dev-ten").lines == [
                "ok   references have become events: 10 of 10", "ok   events have landed: 10 of 10",
                "ok   events failed: 0 of 0", "ok   events are gone, delivered in vain: 0 of 0",
                "ok   landed events without a row in BigQuery: 0 of 0", "-    events have log lines: not asked",
                "-    no event is in the dead-letter subscription: not asked",
                "-    summaries are in Cloud Storage: not asked", "PASS: 1-dev-ten",
            ])
        let month = try phase("2-dev-month --month 2024-02")
        #expect(month.lines.last == "PASS: 2-dev-month", "\(month.words)")
        #expect(month.lines.contains("ok   events have landed: 7 of 7"), "\(month.lines)")

        let asked = try phase("3-prod-year --year 2024")
        #expect(asked.status == 64)
        #expect(
            asked.words.contains(
                "prod is protected. Replay activities there? Type its name: no terminal to ask on; give --yes"))
        let year = try phase("3-prod-year --year 2024 --yes")
        #expect(year.status == 75, "\(year.words)")
        #expect(year.lines.isEmpty)
        #expect(year.words.hasSuffix("3-prod-year: not yet: run it again\n"))
        try local.drain()
        let last = try phase("3-prod-year --year 2024 --yes --deadline 1m")
        #expect(last.lines.last == "PASS: 3-prod-year", "\(last.words)")

        let sent = try local.requests().count
        #expect(try phase("1-dev-ten").lines.last == "PASS: 1-dev-ten")
        #expect(try local.requests().count == sent, "a phase that is run again sends nothing again")
        #expect(try phase("1-dev-ten --restart").lines.last == "PASS: 1-dev-ten")
        #expect(try local.requests().count == sent + 10)
    }

    @Test func `what was refused, and what never arrives, fails a phase`() throws {
        try local.control(#"{"refuse_percent":20,"gone_percent":20}"#)
        let run = try phase("2-dev-month --anyway --month 2024-01 --deadline 8s")
        #expect(run.status == 1, "\(run.words)")
        #expect(run.lines.contains { $0.hasPrefix("FAIL events have landed: ") })
        #expect(run.lines.contains { $0.hasPrefix("FAIL events failed: ") })
        #expect(run.lines.last?.hasPrefix("FAIL: 2-dev-month: 2 of the checks above; ") == true, "\(run.lines)")
        let next = try phase("3-prod-year --year 2024 --yes")
        #expect(next.status == 78, "\(next.words)")
    }

    @Test func `what Google Cloud knows is asked where that is wanted, and counts`() throws {
        // A gcloud that has log lines for all activities, and a bucket with the summary of one day.
        let answers = """
            case "$1 $2" in
                'auth list') echo owner@example.com ;;
                'logging read')
                    printf '%s\n' "$3" | grep -oE '"[0-9]{11,}"' | jq -cRs '[split("\\n")[] | select(. != "") | fromjson
                        | {insertId: ., timestamp: "2024-01-05T10:00:00Z", resource: {labels: {}}, textPayload: "activity \\(.)"}]' ;;
                'storage ls') echo gs://bucket/2023-01-01.json ;;
                *) exit 9 ;;
            esac
            """
        let folder = local.folder.url
        try answers.write(to: folder.appendingPathComponent("answers.bash"), atomically: true, encoding: .utf8)
        let standIn = Run.clone.appendingPathComponent("Tests/ScriptsTests/StandIn").path
        let run = try local.run(
            """
            \(Run.clone.path)/scripts/data/phases/1-dev-ten --source-project progressor-x --rate-limit 100 --settled 1s \
                --logs --summaries 'gs://bucket/%Y-%m-%d.json'
            """,
            environment: [
                "PATH": "\(standIn):\(Run.programs.path):/usr/bin:/bin",
                "GCLOUD_CALLS": folder.appendingPathComponent("calls").path,
                "GCLOUD_ANSWERS": folder.appendingPathComponent("answers.bash").path,
            ])
        #expect(run.status == 1, "\(run.words)")
        #expect(
            run.lines.suffix(4) == [
                "ok   events have log lines", "-    no event is in the dead-letter subscription: not asked",
                "FAIL summaries are in Cloud Storage", run.lines.last ?? "",
            ], "\(run.lines) \(run.words)")
        #expect(run.words.contains("gs://bucket/"), "\(run.words)")
    }

    @Test func `what cannot be counted is not nothing, and a pass elsewhere opens no other phase`() throws {
        // All filters, but for a bq-missing whose last look, without a word, is refused.
        _ = try local.run(
            """
            mkdir bin && ln -s \(Run.programs.path)/{bq-fetch,to-webhook,replay} bin
            printf '%s\\n' '#!/bin/bash' '[[ "$*" != "--source - "*" --quiet" ]] || exit 77' \
                'exec \(Run.programs.path)/bq-missing "$@"' >bin/bq-missing && chmod +x bin/bq-missing
            """)
        let bin = local.folder.url.appendingPathComponent("bin").path
        let script =
            "\(Run.clone.path)/scripts/data/phases/1-dev-ten --source-project progressor-x --rate-limit 100 --settled 1s"
        let refused = try local.run("\(script) --target-env local", environment: ["BACKFILL_BIN": bin])
        #expect(refused.status == 77, "\(refused.words)")
        #expect(refused.lines.isEmpty)
        #expect(try local.run("\(script) --target-env local").lines.last == "PASS: 1-dev-ten")
        #expect(try phase("2-dev-month --month 2024-01").status == 78)
    }

    @Test func `a phase that finds nothing to try has not passed`() throws {
        let run = try phase("2-dev-month --anyway --month 2019-01")
        #expect(run.status == 1)
        #expect(run.lines.first == "FAIL nothing is missing that the phase asks for: nothing was tried")
    }
}

/// What is wrong with a phase before it begins. Apart, since it takes no server.
@Suite struct TestingPhaseOptionTests {
    @Test(arguments: [
        ("2-dev-month", 64, "--month: not a month as 2024-01: none given"),
        ("2-dev-month --month 2024-13", 64, "--month: not a month as 2024-01: 2024-13"),
        ("3-prod-year --year 24", 64, "--year: not a year as 2024: 24"),
        ("1-dev-ten --month 2024-01", 64, "unknown option: --month; see --help"),
        ("1-dev-ten --deadline soon", 64, "--deadline: not a duration as 30m: soon"),
        ("1-dev-ten --target-env none", 78, "none.env"),
    ])
    func `a wrong option is named before anything is asked`(_ line: String, _ status: Int32, _ words: String) throws {
        let folder = try TemporaryFolder()
        let run = try Run(
            shell: "\(Run.clone.path)/scripts/data/phases/\(line)",
            environment: ["BACKFILL_BIN": Run.programs.path, "XDG_STATE_HOME": folder.url.path], in: folder.url)
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.contains(words), "\(run.words)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
