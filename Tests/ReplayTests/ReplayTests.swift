import Foundation
import RegexBuilder
import TestServer
import TestSupport
import Testing

/// The command as a user types it, against a server on a real socket.
@Suite struct ReplayTests {
    private let folder: TemporaryFolder
    private let events = (1...3).map { event($0) + "\n" }.joined()

    init() throws {
        folder = try TemporaryFolder()
    }

    private static func event(_ id: Int) -> String {
        #"{"object_type":"activity","object_id":\#(id),"aspect_type":"create","owner_id":7,"updates":{}}"#
    }

    private func replay(
        _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
    ) throws -> (status: Int32, out: String, words: String) {
        // Nothing that the tester exported may decide where a test sends its events.
        let quiet = [
            "BACKFILL_DISPATCHER_URL": "", "BACKFILL_RATE_LIMIT": "", "BACKFILL_PROTECTED": "", "SSL_CERT_FILE": "",
            "BACKFILL_QUOTA": "", "BACKFILL_LEDGER": "", "BACKFILL_RESERVE": "", "BACKFILL_COST_PER_EVENT": "",
        ]
        let run = try Run(
            "replay", arguments, input: Data((input ?? events).utf8),
            environment: quiet.merging(environment) { $1 }, in: folder.url)
        return (
            run.status, String(decoding: run.output, as: UTF8.self), String(decoding: run.messages, as: UTF8.self)
        )
    }

    private func contents(_ name: String) -> String? {
        try? String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }

    @Test func `the same command goes on where the last one stopped`() throws {
        let server = ScriptedServer { _ in [.answer(201, #"{"correlation_id":"c"}"#)] }
        let fast = ["--url", server.url(), "--rate-limit", "1000", "--checkpoint", "journal"]
        let first = try replay(fast[0], fast[1], fast[2], fast[3], fast[4], fast[5], "--limit", "2")
        #expect(first.status == 0)
        #expect(first.out.split(separator: "\n").count == 2)
        #expect(first.words == "replay: 3 read: 2 delivered, 0 failed, 0 already settled, 0 rejected, 1 pending\n")
        let second = try replay(fast[0], fast[1], fast[2], fast[3], fast[4], fast[5])
        #expect(second.status == 0)
        #expect(second.words == "replay: 3 read: 1 delivered, 0 failed, 2 already settled, 0 rejected, 0 pending\n")
        #expect(server.requests.count == 3)
        #expect(server.requests[0].header("Content-Type") == "application/json")
        #expect(server.requests[0].header("User-Agent")?.hasPrefix("activity-backfill/") == true)
    }

    @Test func `the last line needs no end, and a carriage return is no part of the body`() throws {
        let server = ScriptedServer()
        let run = try replay(
            "--url", server.url(), "--rate-limit", "1000",
            input: "\u{FEFF}\(Self.event(1))\r\n\r\n\(Self.event(2))")
        #expect(run.status == 0)
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == [1, 2].map(Self.event))
    }

    @Test func `no events are no work`() throws {
        let run = try replay("--url", "http://127.0.0.1:1/", input: "")
        #expect(run.status == 0)
        #expect(run.out.isEmpty)
        #expect(run.words == "replay: 0 read: 0 delivered, 0 failed, 0 already settled, 0 rejected, 0 pending\n")
    }

    @Test func `a bad line is named and skipped, and the status tells`() throws {
        let server = ScriptedServer()
        let run = try replay("--url", server.url(), "--rate-limit", "1000", input: "x\n" + events)
        #expect(run.status == 1)
        #expect(run.words.hasPrefix("replay: stdin:1: column 1: not JSON: unexpected \"x\"\n"))
        #expect(server.requests.count == 3)
    }

    @Test func `a refusal of us stops after one request with 77`() throws {
        let server = ScriptedServer { _ in [.answer(401, "no such subscription")] }
        let run = try replay("--url", server.url(), "--checkpoint", "journal")
        #expect(run.status == 77)
        #expect(run.words.contains("replay: stopped: answered 401: no such subscription; no event was marked"))
        #expect(run.words.contains("3 read: 0 delivered, 0 failed, 0 already settled, 0 rejected, 3 pending"))
        #expect(server.requests.count == 1)
        #expect(contents("journal") == "")
    }

    @Test func `a receiver that is not there is tried again, then 75`() throws {
        let port = RefusingPort()
        let run = try replay("--url", "http://127.0.0.1:\(port.port)/", "--rate-limit", "1000", "--max-attempts", "1")
        #expect(run.status == 75)
        #expect(run.words.contains("3 pending: attempts used up; give --checkpoint"))
        // What is said makes cron send a mail, and there is nothing that the reader of it could do.
        let quiet = try replay("--url", "http://127.0.0.1:\(port.port)/", "--max-attempts", "1", "--quiet")
        #expect(quiet.status == 75)
        #expect(quiet.words.isEmpty)
    }

    @Test func `a limit does not make a success of an event that got no answer`() throws {
        let server = ScriptedServer { _ in [.answer(503)] }
        let run = try replay("--url", server.url(), "--limit", "1", "--max-attempts", "1", "--rate-limit", "1000")
        #expect(run.status == 75, "\(run.words)")
        #expect(run.words.contains("1 pending: attempts used up"))
    }

    @Test func `two targets that begin alike are two`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let long = server.url("/" + String(repeating: "x", count: 100))
        #expect(try replay("--url", long + "/a", "--checkpoint", "journal", "--rate-limit", "1000").status == 0)
        #expect(try replay("--url", long + "/b", "--checkpoint", "journal", "--rate-limit", "1000").status == 78)
    }

    @Test func `a failed event goes to the dead letters, and from there it is sent again`() throws {
        let server = ScriptedServer(scripts: [[.answer(201)], [.answer(422)], [.answer(201)]])
        let files = ["--url", server.url(), "--rate-limit", "1000", "--checkpoint", "journal"]
        let run = try replay(files[0], files[1], files[2], files[3], files[4], files[5], "--dead-letter", "dead")
        #expect(run.status == 1)
        let dead = try #require(contents("dead"))
        #expect(dead == Self.event(2) + "\n")
        let again = try replay(
            files[0], files[1], files[2], files[3], files[4], files[5], "--retry-failed", input: dead)
        #expect(again.status == 0)
        #expect(server.requests.count == 4)
    }

    @Test func `under quiet a spent quota says nothing, and the last slice says once that it was the last`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        try write(events, to: "events")
        func slice(_ quota: String) throws -> (status: Int32, words: String) {
            let run = try Run(
                shell: """
                    replay --quiet --url \(server.url()) --checkpoint journal --ledger ledger --quota \(quota) \
                        --rate-limit 1000 <events
                    """, in: folder.url)
            return (run.status, String(decoding: run.messages, as: UTF8.self))
        }
        #expect(try slice("2/31d") == (75, ""))
        #expect(try slice("2/31d") == (75, ""))
        let last = "3 read: 1 delivered, 0 failed, 2 already settled, 0 rejected, 0 pending"
        #expect(try slice("9/31d") == (0, "replay: \(last); nothing is left\n"))
        #expect(try slice("9/31d") == (0, ""))
        #expect(server.requests.count == 3)
    }

    @Test func `the third run in a row that gets nothing through says so, also under quiet`() throws {
        let server = ScriptedServer { _ in [.answer(500)] }
        for count in 1...4 {
            let run = try replay(
                "--url", server.url(), "--rate-limit", "1000", "--checkpoint", "journal", "--max-attempts", "1",
                "--breaker", "3", "--quiet")
            #expect(run.status == 75)
            #expect(run.words.contains("the same end in 3 runs in a row") == (count == 3), "\(count): \(run.words)")
            #expect(run.words.isEmpty == (count != 3))
        }
    }

    @Test(arguments: [(2, 75), (400 * 24, 0)])
    func `a pause holds for --status as it does for a run, and not one that a wrong clock set`(
        hours: Int, status: Int32
    ) throws {
        let end = ISO8601DateFormatter().string(from: Date() + TimeInterval(hours * 3600))
        let journal = [
            #"{"journal":"replay","version":1,"key":"webhook"}"#,
            #"{"pause":"\#(end)","time":"2026-11-23T14:02:11Z","reason":"answered 429"}"#,
        ]
        try write(journal.joined(separator: "\n") + "\n", to: "journal")
        #expect(try replay("--status", "--checkpoint", "journal").status == status)
        let server = ScriptedServer { _ in [.answer(201)] }
        let run = try replay("--url", server.url(), "--checkpoint", "journal", "--rate-limit", "1000")
        #expect(run.status == status, "\(run.words)")
        #expect(server.requests.count == (status == 0 ? 3 : 0))
    }

    @Test func `a spent quota says how far it is, and when to come back`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        try write(events, to: "events")
        let run = try Run(
            shell: """
                replay --url \(server.url()) --checkpoint journal --ledger ledger --quota 5/31d --cost-per-event 2 \
                    --rate-limit 1000 <events
                """, in: folder.url)
        #expect(run.status == 75)
        let words = String(decoding: run.messages, as: UTF8.self).split(separator: "\n").last ?? ""
        let time = #/\d{4}-\d\d-\d\d 00:00Z/#
        let wanted = Regex {
            "replay: 2 of 3 delivered; 2 every 31 days; next at "
            time
            "; done about "
            time
        }
        #expect(words.wholeMatch(of: wanted) != nil, "\(words)")
    }

    @Test(arguments: [
        (["--quota", "5/1d"], "--quota: --ledger is missing"), (["--ledger", "l"], "--ledger: not used"),
        (["--reserve", "5%"], "--reserve: not used"), (["--cost-per-event", "2"], "--cost-per-event: not used"),
        (["--guard", "5s"], "--guard: not used"),
        (["--quota", "1/1d", "--ledger", "l", "--cost-per-event", "2"], "no event fits"),
        (["--quota", "9/10s", "--ledger", "l"], "guard: not shorter than a window of 9/10s"),
        (["--report", "lost", "--checkpoint", "j"], "--report"), (["--report", "gone"], "--checkpoint is missing"),
        (["--settled", "5m"], "--settled: not used"), (["--max-deliveries", "2"], "--max-deliveries: not used"),
        (["--looked-up", "f"], "--looked-up: not used"),
        (["--min-landed", "5%", "--reopen", "--checkpoint", "j"], "--min-landed: not used"),
        (["--looked-up", "f", "--min-landed", "101%", "--reopen", "--checkpoint", "j"], "above 100%"),
        (["--reopen", "--status", "--checkpoint", "j"], "--status, --reopen: more than one"),
    ])
    func `an option that could not do what it says is 64, and nothing is sent`(
        arguments: [String], words: String
    ) throws {
        let server = ScriptedServer()
        let run = try Run(
            "replay", ["--url", server.url()] + arguments, input: Data(events.utf8),
            environment: ["BACKFILL_QUOTA": "", "BACKFILL_LEDGER": ""], in: folder.url)
        #expect(run.status == 64)
        #expect(
            String(decoding: run.messages, as: UTF8.self).contains(words),
            "\(String(decoding: run.messages, as: UTF8.self))")
        #expect(server.requests.isEmpty)
        #expect(contents("l") == nil)
    }

    // MARK: Nothing is touched

    @Test(arguments: [
        (["--rate-limit", "0"], "--rate-limit"), (["--rate-limit", "nan"], "--rate-limit"),
        (["--breaker", "0"], "--breaker"),
        (["--max-attempts", "-1"], "--max-attempts"), (["--limit", "0"], "--limit"), (["--timeout", "5"], "--timeout"),
        (["--key", "a..b"], "--key"), (["--dry-run", "--status", "--checkpoint", "j"], "--dry-run"),
        (["--status"], "--checkpoint"), (["--url", "ftp://x/"], "--url"),
        (["--url", "http://192.0.2.1/"], "--allow-http"),
        (["--checkpoint", "same", "--dead-letter", "./same"], "--dead-letter"), (["--quota", "1/1d"], "--quota"),
    ])
    func `a wrong option is 64, before anything is made`(arguments: [String], named: String) throws {
        let all = arguments.contains("--url") ? arguments : ["--url", "http://127.0.0.1:1/"] + arguments
        let run = try Run("replay", all, input: Data(events.utf8), in: folder.url)
        #expect(run.status == 64)
        #expect(String(decoding: run.messages, as: UTF8.self).contains(named))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func `without a receiver it says what to give`() throws {
        let run = try replay()
        #expect(run.status == 64)
        #expect(run.words.contains("--url: missing"))
    }

    @Test func `a header is added from a file, and its value is never shown`() throws {
        let server = ScriptedServer()
        try write("Authorization: Bearer s3cret\n\nX-Two:2\n", to: "headers")
        let run = try replay("--url", server.url(), "--rate-limit", "1000", "--header-file", "headers", "--verbose")
        #expect(run.status == 0)
        #expect(server.requests[0].header("authorization") == "Bearer s3cret")
        #expect(server.requests[0].header("x-two") == "2")
        #expect(!run.words.contains("s3cret"))
        try write("Bearer s3cret\n", to: "headers")
        let bad = try replay("--url", server.url(), "--header-file", "headers")
        #expect(bad.status == 78)
        #expect(!bad.words.contains("s3cret"))
    }

    @Test func `an environment has its own address, rate and name`() throws {
        let server = ScriptedServer()
        try write("BACKFILL_DISPATCHER_URL=\(server.url("/dev"))\nBACKFILL_RATE_LIMIT=1000\n", to: "dev.env")
        let environment = ["BACKFILL_ENVIRONMENTS": folder.url.path, "BACKFILL_DISPATCHER_URL": "http://127.0.0.1:1/"]
        let run = try replay("--target-env", "dev", "--checkpoint", "journal", environment: environment)
        #expect(run.status == 0)
        #expect(server.requests.map(\.target) == ["/dev", "/dev", "/dev"])
        #expect(contents("journal")?.contains(#"{"target":"dev","#) == true)
        let other = try replay("--url", server.url(), "--checkpoint", "journal")
        #expect(other.status == 78)
        #expect(other.words.contains("belongs to another target: dev, not \(server.url())"))
    }

    @Test func `a protected environment wants --yes where there is no terminal`() throws {
        let server = ScriptedServer()
        try write("BACKFILL_DISPATCHER_URL=\(server.url())\nBACKFILL_PROTECTED=yes\n", to: "prod.env")
        let environment = ["BACKFILL_ENVIRONMENTS": folder.url.path]
        let run = try Run(
            shell: "setsid -w replay --target-env prod --checkpoint journal", input: Data(events.utf8),
            environment: environment, in: folder.url)
        #expect(run.status == 64)
        #expect(String(decoding: run.messages, as: UTF8.self).contains("prod: protected"))
        #expect(server.requests.isEmpty)
        #expect(contents("journal") == nil)
        let sure = try replay("--target-env", "prod", "--yes", "--rate-limit", "1000", environment: environment)
        #expect(sure.status == 0)
    }

    // MARK: Modes

    @Test func `a dry run counts, and touches nothing`() throws {
        let server = ScriptedServer()
        _ = try replay("--url", server.url(), "--rate-limit", "1000", "--checkpoint", "journal", "--limit", "1")
        let before = contents("journal")
        let run = try replay(
            "--url", server.url(), "--rate-limit", "1/1h", "--checkpoint", "journal", "--dead-letter", "dead",
            "--dry-run",
            input: events + Self.event(4))
        #expect(run.status == 0)
        let counts =
            #"{"read":4,"to_send":3,"left_for_later":0,"already_settled":1,"gone":0,"rejected":0,"target":"\#(server.url())","#
            + #""url":"\#(server.url())","rate":"1/1h","cost_per_event":null,"calls":null,"first":""#
        #expect(run.out.hasPrefix(counts) && run.out.hasSuffix("\"}\n"), "\(run.out)")
        #expect(run.words.hasPrefix("replay: 4 read: 3 to send, 1 already settled, 0 rejected\n"))
        #expect(run.words.hasSuffix("at 1/1h: 2h\n"))
        #expect(contents("journal") == before)
        #expect(contents("dead") == nil)
        #expect(server.requests.count == 1)
    }

    @Test func `the status needs no input, and tells of a run at work`() throws {
        let server = ScriptedServer()
        _ = try replay("--url", server.url(), "--rate-limit", "1000", "--checkpoint", "journal")
        let run = try replay("--url", server.url(), "--checkpoint", "journal", "--status", input: "")
        #expect(run.status == 0)
        #expect(run.out.contains("delivered   3\n"))
        #expect(run.out.contains("locked      no\n"))
        let busy = try Run(
            shell: """
                exec 9>>journal.lock; flock 9; echo 'process 1 since today' >journal.lock
                replay --url \(server.url()) --checkpoint journal --status
                """, in: folder.url)
        #expect(busy.status == 75)
        #expect(String(decoding: busy.output, as: UTF8.self).contains("locked      process 1 since today\n"))
    }

    // MARK: Ends

    @Test(arguments: ["INT", "TERM"]) func `a signal ends the run at once, with everything recorded`(signal: String)
        throws
    {
        let server = ScriptedServer { $0.body == Array(ReplayTests.event(3).utf8) ? [.hold] : [.answer(201)] }
        let run = try Run(
            shell: """
                set -m; : >results
                replay --url \(server.url()) --rate-limit 1000 --checkpoint journal <<<'\(events)' >results & run=$!
                until (($(wc -l <results) == 2)); do sleep 0.01; done; sleep 0.1
                kill -\(signal) $run; wait $run
                """, in: folder.url)
        #expect(run.status == 128 + (signal == "INT" ? 2 : 15))
        let words = String(decoding: run.messages, as: UTF8.self)
        #expect(
            words.contains(
                "2 delivered, 0 failed, 0 already settled, 0 rejected, 1 pending; run the same command again"))
        #expect(contents("journal")?.split(separator: "\n").count == 5)
        #expect(contents("journal")?.contains(#""outcome":"unanswered""#) == true)
    }

    @Test func `a full disk behind stdout is 74, and the delivery is remembered`() throws {
        let server = ScriptedServer()
        let run = try Run(
            shell: "replay --url \(server.url()) --checkpoint journal >/dev/full", input: Data(events.utf8),
            in: folder.url)
        #expect(run.status == 74)
        #expect(server.requests.count == 1)
        #expect(
            try replay("--url", server.url(), "--checkpoint", "journal", "--dry-run").words.contains(
                "1 already settled"))
    }

    @Test func `the time that a run may take ends it with 75`() throws {
        let server = ScriptedServer()
        let run = try replay(
            "--url", server.url(), "--rate-limit", "1/1h", "--max-runtime", "1m", "--checkpoint", "journal")
        #expect(run.status == 75)
        #expect(
            run.words.contains(
                "replay: --max-runtime: over, or would be before the next attempt; run the same command again"))
        #expect(server.requests.count == 1)
    }
}
