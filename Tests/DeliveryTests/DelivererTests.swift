import Files
import Foundation
import Glibc
import HTTP
import NDJSON
import TestServer
import Testing

@testable import Delivery

@Suite struct DelivererTests {
    private let run: DeliveryRun

    init() throws {
        run = try DeliveryRun()
    }

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

    @Test func `a process that was stopped between a wait and its event sends no two in a burst`() throws {
        let seen = try run((1...3).map { event($0) }, to: ScriptedServer()) { $0.stopInWait = 2 }
        #expect(seen.waits == [.zero, .milliseconds(500), .milliseconds(500)])
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
                #expect(run.deadLetterPath.fileContents.isEmpty || run.journalPath.fileContents.contains(#""failed""#))
            }
        }
        #expect(seen.ending == .finished)
        #expect(seen.summary == summary(delivered: 2, failed: 1))
        #expect(run.deadLetterPath.fileContents == event(2) + "\r\n")
        #expect(seen.results[1].hasSuffix(#""reason":"answered 422: bad\u001b event"}"#))
        #expect(seen.news.count == 1)
    }

    @Test func `half a dead letter does not swallow the next one`() throws {
        try Data(#"{"object_ty"#.utf8).write(to: URL(fileURLWithPath: run.deadLetterPath))
        _ = try run([event(1)], to: ScriptedServer { _ in [.answer(422)] })
        #expect(run.deadLetterPath.fileContents == #"{"object_ty"# + "\n" + event(1) + "\n")
    }

    @Test func `a pipe is no place for dead letters`() throws {
        #expect(mkfifo(run.deadLetterPath, 0o600) == 0)
        #expect(throws: JournalError.file(.isNoFile(path: run.deadLetterPath, .pipe))) {
            _ = try run([event(1)], to: ScriptedServer())
        }
    }

    @Test func `a journal that is taken away ends the run before the next event`() throws {
        let server = ScriptedServer()
        let path = run.journalPath
        #expect(throws: JournalError.movedAway(path: path)) {
            _ = try run([event(1), event(2)], to: server) {
                $0.onWrite = { try FileManager.default.removeItem(atPath: path) }
            }
        }
        #expect(server.requests.count == 1)
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
        #expect(run.journalPath.fileContents.isEmpty)
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
        let seen = try run([event(1)], to: "http://unused/") { $0.failure = { _ in error } }
        #expect(seen.ending == .interrupted)
        #expect(seen.summary == summary(pending: 1))
        #expect(run.journalPath.fileContents.contains(#""outcome":"unanswered""#))
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
            ledger: nil, deadLetters: try DeadLetters(path: "/dev/full"), chance: { 0 }, tell: { _ in },
            post: { (_, _) throws(HTTPError) in Response(status: 422) })
        // A closure cannot capture what has one owner, so this is no `#expect(throws:)`.
        var thrown: (any Error)?
        do { _ = try deliverer.run(&edge) } catch { thrown = error }
        #expect(thrown is JournalError)
        #expect(deliverer.summary == summary(pending: 1))
        // The dead letter comes first: a journal that said failed would keep the line from ever being written.
        #expect(deliverer.history.failed == 0)
        #expect(server.requests.isEmpty)
    }
}
