import Foundation
import HTTP
import NDJSON
import TestServer
import TestSupport
import Testing

@testable import Delivery

/// A run against a server on a real socket, on a clock that only waiting moves.
@Suite struct DelivererTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var journalPath: String { folder.url.appendingPathComponent("journal").path }
    private var deadLetterPath: String { folder.url.appendingPathComponent("dead").path }

    /// All that came out of a run.
    private struct Seen {
        var ending: Ending?
        var summary = Summary()
        var waits: [Duration] = []
        var results: [String] = []
        var reasons: [String] = []
        var news: [DeliveryNews] = []
    }

    /// What a test changes about a run.
    private struct Setup {
        var limits = DeliveryLimits()
        var rate = "2"
        var countsRest = false
        var signalInWait: Int?
        var onWrite: () throws -> Void = {}
        var interruption: HTTPError?
    }

    private func run(
        _ lines: [String], to server: ScriptedServer, _ change: (inout Setup) -> Void = { _ in }
    ) throws -> Seen {
        try run(lines, to: server.url("/events"), change)
    }

    private func run(_ lines: [String], to url: String, _ change: (inout Setup) -> Void = { _ in }) throws -> Seen {
        var changed = Setup()
        change(&changed)
        let setup = changed
        var seen = Seen()
        var news: [DeliveryNews] = []
        let transport = CurlTransport(userAgent: "test", interruptedBy: nil)
        var edge = VirtualEdge(lines.joined(separator: "\n"))
        edge.signalInWait = setup.signalInWait
        edge.onWrite = setup.onWrite
        var deliverer = Deliverer(
            setup.limits, rule: .webhook, rate: try Rate(setup.rate),
            journal: try Journal.open(
                path: journalPath, rule: .webhook, target: "test", holder: "test", report: { _ in }),
            deadLetters: try DeadLetters(path: deadLetterPath), chance: { 0.5 },
            tell: { if case .advanced = $0 {} else { news.append($0) } },
            post: { (event) throws(HTTPError) in
                if let interruption = setup.interruption { throw interruption }
                return try transport.send(Request(.post, url, body: event.line.bytes))
            })
        do {
            seen.ending = try deliverer.run(&edge)
            if setup.countsRest { try deliverer.countRest(&edge, namesBadLines: false) }
        } catch is VirtualEdge.Ended {}
        seen.summary = deliverer.summary
        seen.waits = edge.waits
        seen.results = edge.results
        seen.reasons = edge.reasons
        seen.news = news
        return seen
    }

    private func summary(
        delivered: Int = 0, failed: Int = 0, settled: Int = 0, rejected: Int = 0, pending: Int = 0
    ) -> Summary {
        var summary = Summary()
        summary.delivered = delivered
        summary.failed = failed
        summary.alreadySettled = settled
        summary.rejected = rejected
        summary.pending = pending
        return summary
    }

    private func bodies(_ server: ScriptedServer) -> [String] {
        server.requests.map { String(decoding: $0.body, as: UTF8.self) }
    }

    private func failure(_ status: Int) -> Reason { .answered(status: status, Excerpt("")) }

    // MARK: Deliveries

    @Test func `events leave in the order of the input, byte for byte, one interval apart`() throws {
        let server = ScriptedServer { _ in [.answer(201, #"{"status":"accepted","correlation_id":"c-1"}"#)] }
        let odd = #" { "aspect_type":"create", "n": 1.10, "object_id":"3","object_type":"activity","updates":{} } "#
        let seen = try run([event(1), event(2), odd], to: server)
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 3))
        #expect(bodies(server) == [event(1), event(2), odd])
        #expect(seen.waits == [.zero, .milliseconds(500), .milliseconds(500)])
        #expect(seen.results[2].hasPrefix(#"{"event":\#(odd.dropFirst().dropLast()),"outcome":"delivered","time":"20"#))
        #expect(seen.results[2].contains(#","status":201,"attempts":1,"elapsed_ms":"#))
        #expect(seen.results[2].hasSuffix(#","correlation_id":"c-1"}"#))
    }

    @Test func `an event that stands twice is sent once, also when the two differ elsewhere`() throws {
        let server = ScriptedServer()
        let seen = try run([event(1), event(2), event(1, time: 5)], to: server)
        #expect(seen.summary == summary(delivered: 2, settled: 1))
        #expect(server.requests.count == 2)
    }

    @Test func `an event that stands twice waits once`() throws {
        let server = ScriptedServer { _ in [.answer(500)] }
        let seen = try run([event(1), event(1), event(2), event(2)], to: server) { setup in
            setup.limits.attempts = 1
            setup.limits.events = 1
            setup.countsRest = true
        }
        #expect(seen.summary == summary(settled: 2, pending: 2))
        #expect(server.requests.count == 1)
    }

    @Test func `the next run sends what is left, whatever became of the order`() throws {
        let server = ScriptedServer()
        _ = try run([event(1), event(2)], to: server)
        let seen = try run([event(4), event(2), event(3), event(1)], to: server)
        #expect(seen.summary == summary(delivered: 2, settled: 2))
        #expect(bodies(server) == [1, 2, 4, 3].map { event($0) })
    }

    @Test func `a bad line is named and counted, and the run goes on`() throws {
        let server = ScriptedServer()
        let seen = try run(["{", event(1), #"{"object_id":1}"#, event(2)], to: server)
        #expect(seen.summary == summary(delivered: 2, rejected: 2))
        #expect(seen.reasons.map { $0.prefix(2) } == ["1:", "3:"])
    }

    @Test func `updates that are missing are told of once`() throws {
        let server = ScriptedServer()
        let seen = try run([1, 2].map { event($0).replacing(#","updates":{}"#, with: "") }, to: server)
        #expect(seen.news.count == 1)
        #expect(seen.summary == summary(delivered: 2))
    }

    // MARK: Failures

    @Test func `what fails goes to the dead letters before the journal says so`() throws {
        let server = ScriptedServer(scripts: [[.answer(201)], [.answer(422, "bad\u{1B} event")], [.answer(201)]])
        let seen = try run([event(1), event(2) + "\r", event(3)], to: server) {
            $0.onWrite = {
                #expect(deadLetterPath.fileContents.isEmpty || journalPath.fileContents.contains(#""failed""#))
            }
        }
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 2, failed: 1))
        #expect(deadLetterPath.fileContents == event(2) + "\r\n")
        #expect(seen.results[1].hasSuffix(#""reason":"answered 422: bad\u001b event"}"#))
        #expect(seen.news.count == 1)
    }

    @Test func `what failed is left alone, until somebody asks for it`() throws {
        let server = ScriptedServer(scripts: [[.answer(422)], [.answer(201)]])
        _ = try run([event(1)], to: server)
        #expect(try run([event(1)], to: server).summary == summary(settled: 1))
        let seen = try run([event(1), event(1)], to: server) { $0.limits.retriesFailed = true }
        #expect(seen.summary == summary(delivered: 1, settled: 1))
        #expect(server.requests.count == 2)
    }

    @Test func `what fails again when it is asked for is sent once in a run`() throws {
        let server = ScriptedServer { _ in [.answer(422)] }
        _ = try run([event(1)], to: server)
        let seen = try run([event(1), event(1)], to: server) { $0.limits.retriesFailed = true }
        #expect(seen.summary == summary(failed: 1, settled: 1))
        #expect(server.requests.count == 2)
    }

    @Test func `three refusals in a row stop a run that never delivered anything`() throws {
        let server = ScriptedServer { _ in [.answer(400)] }
        let seen = try run((1...9).map { event($0) }, to: server) { $0.countsRest = true }
        #expect(seen.ending == .nothingAccepted(events: 3, failure(400)))
        #expect(seen.summary == summary(failed: 3, pending: 6))
        #expect(server.requests.count == 3)
    }

    @Test func `after a delivery refusals do not stop the run`() throws {
        let server = ScriptedServer { $0.body == Array(event(1).utf8) ? [.answer(201)] : [.answer(400)] }
        let seen = try run((1...9).map { event($0) }, to: server)
        #expect(seen.summary == summary(delivered: 1, failed: 8))
    }

    @Test(arguments: [401, 403, 404, 410])
    func `who takes none of our events is asked once, and nothing is marked`(status: Int) throws {
        let server = ScriptedServer { _ in [.answer(status)] }
        let seen = try run([event(1), event(2)], to: server)
        #expect(seen.ending == .refused(failure(status)))
        #expect(seen.summary == summary(pending: 1))
        #expect(server.requests.count == 1)
        #expect(journalPath.fileContents.isEmpty)
    }

    // MARK: Trying again

    @Test func `what may pass is tried again after a backoff that doubles`() throws {
        let server = ScriptedServer(scripts: [[.answer(500)], [.close], [.reset], [.answer(429)], [.answer(201)]])
        let seen = try run([event(1)], to: server)
        #expect(seen.summary == summary(delivered: 1))
        // Half of 1, 2, 4, 8 s: chance is one half here. The pacer's half second is over by then.
        #expect(seen.waits == [.zero, .milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
        #expect(seen.results[0].contains(#""attempts":5,"#))
        #expect(seen.news.count == 4)
    }

    @Test func `an attempt that is repeated keeps to the rate`() throws {
        let server = ScriptedServer(scripts: [[.answer(500)], [.answer(201)]])
        let seen = try run([event(1), event(2)], to: server) { $0.rate = "1/10s" }
        #expect(seen.waits == [.zero, .seconds(10), .seconds(10)])
    }

    @Test func `an event that used up its attempts waits, and the run goes on`() throws {
        let server = ScriptedServer { $0.body == Array(event(2).utf8) ? [.answer(500)] : [.answer(201)] }
        let seen = try run((1...3).map { event($0) }, to: server)
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 2, pending: 1))
        #expect(server.requests.count == 7)
        #expect(deadLetterPath.fileContents.isEmpty)
    }

    @Test func `the third run in which it used them up makes it fail`() throws {
        let server = ScriptedServer { $0.body == Array(event(2).utf8) ? [.answer(500)] : [.answer(201)] }
        let lines = (1...3).map { event($0) }
        #expect(try run(lines, to: server).summary == summary(delivered: 2, pending: 1))
        #expect(try run(lines, to: server).summary == summary(settled: 2, pending: 1))
        let third = try run(lines, to: server)
        #expect(third.summary == summary(failed: 1, settled: 2))
        #expect(deadLetterPath.fileContents == event(2) + "\n")
        #expect(third.results[0].hasSuffix(#""runs":3,"reason":"all attempts used up in 3 runs: answered 500"}"#))
        #expect(try run(lines, to: server).summary == summary(settled: 3))
    }

    @Test func `an event that never left is not to blame, however many runs`() throws {
        let port = RefusingPort()
        for _ in 1...5 {
            let seen = try run([event(1)], to: "http://127.0.0.1:\(port.port)/")
            #expect(seen.summary == summary(pending: 1))
        }
        #expect(journalPath.fileContents.isEmpty)
    }

    @Test func `Retry-After is obeyed, and the next event does not come earlier either`() throws {
        let server = ScriptedServer(scripts: [[.answer(503, headers: ["Retry-After: 120"])], [.answer(201)]])
        let seen = try run([event(1), event(2)], to: server) { $0.limits.attempts = 1 }
        #expect(seen.waits == [.zero, .seconds(120)])
        #expect(seen.summary == summary(delivered: 1, pending: 1))
    }

    @Test func `a Retry-After of more than fifteen minutes stops the run`() throws {
        let server = ScriptedServer { _ in [.answer(429, headers: ["Retry-After: 901"])] }
        let seen = try run([event(1), event(2)], to: server) { $0.countsRest = true }
        #expect(seen.ending == .askedToWait(.seconds(901), failure(429)))
        #expect(seen.summary == summary(pending: 2))
        #expect(server.requests.count == 1)
    }

    // MARK: The breaker

    @Test func `five events in a row that used up their attempts stop the run, the rest untouched`() throws {
        let server = ScriptedServer { _ in [.answer(500)] }
        let seen = try run((1...9).map { event($0) }, to: server) { setup in
            setup.limits.attempts = 2
            setup.countsRest = true
        }
        #expect(seen.ending == .breakerOpen(events: 5, failure(500)))
        #expect(seen.summary == summary(pending: 9))
        #expect(server.requests.count == 10)
    }

    @Test func `an answer in between closes the breaker`() throws {
        let server = ScriptedServer { request in
            [event(3), event(6)].contains(String(decoding: request.body, as: UTF8.self))
                ? [.answer(201)] : [.answer(500)]
        }
        let seen = try run((1...8).map { event($0) }, to: server) { setup in
            setup.limits.attempts = 1
            setup.limits.breaker = 3
        }
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 2, pending: 6))
    }

    @Test func `an outage of any length makes no event fail`() throws {
        let server = ScriptedServer { _ in [.answer(503)] }
        let lines = (1...9).map { event($0) }
        for _ in 1...6 {
            let seen = try run(lines, to: server) { $0.limits.attempts = 1 }
            #expect(seen.summary.failed == 0)
        }
        #expect(deadLetterPath.fileContents.isEmpty)
    }

    // MARK: Ends before the end

    @Test func `a limit counts the events that are tried, not those that are settled`() throws {
        let server = ScriptedServer()
        _ = try run([event(1)], to: server)
        let seen = try run((1...9).map { event($0) }, to: server) { setup in
            setup.limits.events = 2
            setup.countsRest = true
        }
        #expect(seen.ending == .limitReached)
        #expect(seen.summary == summary(delivered: 2, settled: 1, pending: 6))
    }

    @Test func `no attempt begins after the time is over, and none is waited for`() throws {
        let server = ScriptedServer()
        let seen = try run((1...9).map { event($0) }, to: server) { $0.limits.deadline = .milliseconds(101_200) }
        #expect(seen.ending == .outOfTime)
        #expect(seen.summary == summary(delivered: 3, pending: 1))
        #expect(seen.waits.reduce(.zero, +) == .seconds(1))
    }

    @Test(arguments: 0...3) func `a signal in any wait leaves everything recorded`(wait: Int) throws {
        let server = ScriptedServer()
        let seen = try run((1...4).map { event($0) }, to: server) { $0.signalInWait = wait }
        #expect(seen.ending == nil)
        #expect(seen.summary == summary(delivered: wait, pending: 1))
        #expect(try run((1...4).map { event($0) }, to: server).summary == summary(delivered: 4 - wait, settled: wait))
        #expect(server.requests.count == 4)
    }

    @Test func `an exchange that a signal ended leaves the event waiting`() throws {
        let error = HTTPError(peer: "p", fact: .interrupted, requestMayHaveBeenSent: true)
        let seen = try run([event(1)], to: "http://unused/") { $0.interruption = error }
        #expect(seen.ending == .interrupted)
        #expect(seen.summary == summary(pending: 1))
        #expect(journalPath.fileContents.isEmpty)
    }

    @Test func `a delivery is recorded before its result is written`() throws {
        struct Full: Error {}
        let server = ScriptedServer()
        #expect(throws: Full.self) { _ = try run([event(1)], to: server) { $0.onWrite = { throw Full() } } }
        #expect(try run([event(1)], to: server).summary == summary(settled: 1))
    }

    @Test func `a journal that cannot be written ends the run before the next event`() throws {
        try #require(FileManager.default.fileExists(atPath: "/dev/full"))
        let server = ScriptedServer()
        var edge = VirtualEdge([event(1), event(2)].joined(separator: "\n"))
        var deliverer = Deliverer(
            DeliveryLimits(), rule: .webhook, rate: try Rate("2"), journal: Journal(rule: .webhook),
            deadLetters: try DeadLetters(path: "/dev/full"), chance: { 0 }, tell: { _ in },
            post: { (_) throws(HTTPError) in Response(status: 422) })
        // A closure cannot capture what has one owner, so this is no `#expect(throws:)`.
        var thrown: (any Error)?
        do { _ = try deliverer.run(&edge) } catch { thrown = error }
        #expect(thrown is JournalError)
        #expect(deliverer.summary == summary(pending: 1))
        #expect(server.requests.isEmpty)
    }
}
