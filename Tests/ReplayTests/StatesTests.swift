import Foundation
import TestServer
import TestSupport
import Testing

/// Where an event stands, and what moves it elsewhere: replay(1), The journal.
@Suite struct StatesTests {
    private let folder: TemporaryFolder
    private let event = #"{"object_type":"activity","object_id":1,"aspect_type":"create","owner_id":7,"updates":{}}"#

    init() throws {
        folder = try TemporaryFolder()
    }

    /// One run with the journal.
    @discardableResult
    private func replay(_ options: [String], input: String? = nil) throws -> Run {
        try Run(
            "replay", ["--checkpoint", "journal"] + options, input: Data("\(input ?? event)\n".utf8),
            environment: ["BACKFILL_QUOTA": "", "BACKFILL_LEDGER": "", "SSL_CERT_FILE": ""], in: folder.url)
    }

    /// Sends the event to a server that answers so.
    @discardableResult
    private func send(_ options: [String] = [], answered steps: [Step]) throws -> (
        run: Run, requests: [RecordedRequest]
    ) {
        let server = ScriptedServer { _ in steps }
        // All servers of a test are one target: the name of an environment.
        let settings = "BACKFILL_DISPATCHER_URL=\(server.url())\nBACKFILL_RATE_LIMIT=1000\n"
        try Data(settings.utf8).write(to: folder.url.appendingPathComponent("here.env"))
        let run = try Run(
            shell: """
                BACKFILL_ENVIRONMENTS=$PWD replay --checkpoint journal --target-env here --max-attempts 1 \
                    \(options.joined(separator: " "))
                """,
            input: Data("\(event)\n".utf8), environment: ["BACKFILL_QUOTA": "", "BACKFILL_LEDGER": ""],
            in: folder.url)
        return (run, server.requests)
    }

    /// Where `--report` has the event; `pending` also when the journal does not know it.
    private func state() throws -> String {
        let states = try ["pending", "delivered", "landed", "failed", "gone"].filter {
            try replay(["--report", $0]).lines.contains { $0.contains(#""object_id":1"#) }
        }
        #expect(states.count <= 1)
        return states.first ?? "pending"
    }

    // MARK: The table

    private static let moves = (try? ManualPage("replay.1").table("from")) ?? []

    @Test func `the table of moves is there`() {
        #expect(StatesTests.moves.count == 8)
    }

    @Test(arguments: moves)
    func `each move is made by what the page says`(cells: [String]) throws {
        try #require(cells.count == 3)
        try bring(to: cells[0])
        #expect(try state() == cells[0])
        switch cells[2] {
        case "a 2xx": try send(answered: [.answer(201)])
        case "an answer that will not change, or three runs without one": try fail()
        case "Fl -looked-up , No and not missing": try findAll()
        case "Fl -reopen": try replay(["--reopen"])
        case "Fl -reopen , No delivered Fl -max-deliveries No times": try replay(["--reopen", "--max-deliveries", "1"])
        case "Fl -retry-failed No and a 2xx": try send(["--retry-failed"], answered: [.answer(201)])
        case "Fl -retry-failed No and no answer": try send(["--retry-failed"], answered: [.close])
        default: Issue.record("by \(cells[2]): no test")
        }
        #expect(try state() == cells[1])
    }

    private func bring(to state: String) throws {
        switch state {
        case "pending": break
        case "delivered": try send(answered: [.answer(201)])
        case "failed": try send(answered: [.answer(422)])
        case "landed":
            try send(answered: [.answer(201)])
            try findAll()
        case "gone":
            try send(answered: [.answer(201)])
            try replay(["--reopen", "--max-deliveries", "1"])
        default: Issue.record("\(state): no such state")
        }
    }

    /// What is delivered was looked for, and nothing is missing.
    @discardableResult
    private func findAll() throws -> Run {
        try replay(["--report", "delivered"]).output.write(to: folder.url.appendingPathComponent("looked-up"))
        return try replay(["--reopen", "--looked-up", "looked-up"], input: "")
    }

    /// In both ways that the page names, in two journals of which the second stays.
    private func fail() throws {
        try send(answered: [.answer(422)])
        #expect(try state() == "failed")
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("journal"))
        for run in 1...3 {
            #expect(try state() == "pending", "after \(run - 1) runs")
            let (slice, _) = try send(answered: [.answer(503)])
            #expect(slice.status == (run < 3 ? 75 : 1))
        }
    }

    @Test func `nothing leads away from gone, and a settled event moves only by its option`() throws {
        try bring(to: "gone")
        for options in [[], ["--retry-failed"]] {
            #expect(try send(options, answered: [.answer(201)]).requests.isEmpty)
        }
        #expect(try replay(["--reopen"]).words.contains("1 read: 0 reopened, 0 gone, 1 not delivered"))
        #expect(try state() == "gone")
    }

    @Test func `what landed is no longer in the report of what is to be looked for, and not sent again`() throws {
        try bring(to: "landed")
        #expect(try replay(["--report", "delivered"]).lines.isEmpty)
        #expect(try replay(["--status"]).lines.contains("landed      1"))
        #expect(try send(answered: [.answer(201)]).requests.isEmpty)
    }

    @Test func `when too little has landed the status is 75, and the message names what may be wrong`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let events = (1...5).map { event.replacing(#"_id":1,"#, with: #"_id":\#($0),"#) }.joined(separator: "\n")
        try replay(["--url", server.url(), "--rate-limit", "1000"], input: events)
        try replay(["--report", "delivered"]).output.write(to: folder.url.appendingPathComponent("looked-up"))
        let verdict = try replay(["--reopen", "--looked-up", "looked-up"], input: events)
        #expect(verdict.status == 75)
        #expect(verdict.words.contains("0 of 5 delivered events have landed, less than --min-landed 90%"))
        for cause in ["pipeline is up", "updates are null", "subscription_id", "quota was overrun"] {
            #expect(verdict.words.contains(cause))
        }
        #expect(try replay(["--report", "delivered"]).lines.count == 5)
        let forced = try replay(["--reopen", "--looked-up", "looked-up", "--min-landed", "0%"], input: events)
        #expect(forced.words.contains("5 looked up: 0 landed, 5 reopened, 0 gone"))
    }

    @Test func `a file of what was looked up that is not there is 78`() throws {
        try bring(to: "delivered")
        let run = try replay(["--reopen", "--looked-up", "absent"])
        #expect(run.status == 78)
        #expect(run.words.contains("absent: no such file; name what --report delivered printed"))
    }

    @Test func `reopening leaves alone what failed`() throws {
        try bring(to: "failed")
        #expect(try replay(["--reopen"]).words.contains("1 read: 0 reopened, 0 gone, 1 not delivered"))
        #expect(try send(answered: [.answer(201)]).requests.isEmpty)
        #expect(try state() == "failed")
    }

    // MARK: A life

    @Test func `an event is delivered, reopened, delivered under another key, and at last gone`() throws {
        let first = try send(answered: [.answer(201)])
        let results = String(decoding: first.run.output, as: UTF8.self)
        #expect(try replay(["--reopen"], input: results).words.contains("1 reopened, 0 gone"))
        #expect(try replay(["--status"]).lines.contains("pending     1 on record"))
        // Twice is once: it is no longer delivered.
        #expect(try replay(["--reopen"], input: results).words.contains("0 reopened, 0 gone, 1 not delivered"))
        let second = try send(answered: [.answer(201)])
        #expect(
            try replay(["--reopen"]).lines.contains {
                $0.contains(#""outcome":"gone""#) && $0.contains(#""deliveries":2"#)
            })
        #expect(try send(answered: [.answer(201)]).requests.isEmpty)
        #expect(try replay(["--status"]).lines.contains("gone        1"))
        for (delivery, requests) in [first.requests, second.requests].enumerated() {
            #expect(requests.map { $0.header("webhook-id") } == [try key(delivery: delivery + 1)])
        }
    }

    /// As the page has it computed.
    private func key(delivery: Int) throws -> String? {
        let examples = try ManualPage("replay.1").section("EXAMPLES").map(ManualPage.plain)
        let line = try #require(examples.first { $0.hasPrefix("$ echo msg_$(printf") })
        let command = String(line.dropFirst(2))
        return try Run(
            shell: command.replacing("101", with: "1").replacing(",2]", with: ",\(delivery)]"), in: folder.url
        ).lines.first
    }

    @Test(arguments: 1...3) func `it may be delivered as often as --max-deliveries says`(most: Int) throws {
        for delivery in 1...most {
            try send(answered: [.answer(201)])
            try replay(["--reopen", "--max-deliveries", "\(most)"])
            #expect(try state() == (delivery < most ? "pending" : "gone"))
        }
    }

    @Test func `of the report, --settled prints what is old enough`() throws {
        try send(answered: [.answer(201)])
        #expect(try replay(["--report", "delivered", "--settled", "30m"]).lines.isEmpty)
        // As if it had been delivered a day ago.
        _ = try Run(
            shell: #"sed -i -E 's/"time":"[^"]*"/"time":"'$(date -u -d '1 day ago' +%FT%TZ)'"/' journal"#,
            in: folder.url)
        #expect(try replay(["--report", "delivered", "--settled", "23h"]).lines.count == 1)
        #expect(try replay(["--report", "delivered", "--settled", "25h"]).lines.isEmpty)
    }

    // MARK: Nothing to be done now

    @Test func `a spent quota makes the status 75, and another one does not`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let quota = { (text: String) in
            ["--url", server.url(), "--ledger", "ledger", "--quota", text, "--guard", "0s"]
        }
        #expect(try replay(quota("1/31d")).status == 0)
        let spent = try replay(quota("1/31d") + ["--status"])
        #expect(spent.status == 75)
        #expect(spent.words.contains("no event now: a quota is spent, or its window about to end; next at "))
        #expect(spent.lines.contains { $0.hasPrefix("quota       1/31d: 0 events until ") })
        #expect(try replay(quota("2/31d") + ["--status"]).status == 0)
        #expect(try replay(["--status"]).status == 0)
    }

    @Test func `a pause that was asked for is kept by later runs, until it is over`() throws {
        let (run, _) = try send(answered: [.answer(503, headers: ["Retry-After: 7200"])])
        #expect(run.status == 75)
        #expect(run.words.contains("stopped: asked to wait until "), "\(run.words)")
        #expect(try send(answered: [.answer(201)]).requests.isEmpty)
        #expect(try replay(["--status"]).status == 75)
        let past = #"s/"pause":"[^"]*"/"pause":"'$(date -u -d '1 minute ago' +%FT%TZ)'"/"#
        _ = try Run(shell: "sed -i -E '\(past)' journal", in: folder.url)
        #expect(try replay(["--status"]).status == 0)
        #expect(try send(answered: [.answer(201)]).requests.count == 1)
    }

    @Test func `what the other side may have had is marked, in whatever run it is delivered`() throws {
        try send(answered: [.close])
        let (run, _) = try send(answered: [.answer(201)])
        #expect(run.lines.contains { $0.hasSuffix(#","may_be_duplicate":true}"#) })
        #expect(
            run.words.contains("; 1 delivered without an answer to an earlier attempt: perhaps twice"), "\(run.words)")
        #expect(try replay(["--report", "delivered"]).lines.contains { $0.contains(#""may_be_duplicate":true"#) })
    }

    @Test func `a plan knows what is settled, and what the ledger has left`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let quota = ["--url", server.url(), "--ledger", "ledger", "--quota", "1/31d", "--guard", "0s"]
        #expect(try replay(quota).status == 0)
        let more = event + "\n" + event.replacing("1,", with: "2,")
        let plan = try replay(quota + ["--dry-run"], input: more)
        #expect(plan.status == 0)
        #expect(plan.words.contains("2 read: 1 to send, 1 already settled, 0 rejected\n"))
        let line = try #require(
            plan.words.firstMatch(of: /at 2\/s, 1 every 31 days: .*: first at (.*), last about (.*)\n/))
        #expect(line.1 == line.2)
        #expect(server.requests.count == 1)
    }
}
