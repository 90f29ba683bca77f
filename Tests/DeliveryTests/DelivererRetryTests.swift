import HTTP
import NDJSON
import TestServer
import Testing

@testable import Delivery

/// What is tried again, how long, and when a run gives up.
@Suite struct DelivererRetryTests {
    private let run: DeliveryRun

    init() throws {
        run = try DeliveryRun()
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
        #expect(run.deadLetterPath.fileContents.isEmpty)
    }

    @Test func `the third run in which it used them up makes it fail`() throws {
        let server = ScriptedServer { $0.body == Array(event(2).utf8) ? [.answer(500)] : [.answer(201)] }
        let lines = (1...3).map { event($0) }
        #expect(try run(lines, to: server).summary == summary(delivered: 2, pending: 1))
        #expect(try run(lines, to: server).summary == summary(settled: 2, pending: 1))
        let third = try run(lines, to: server)
        #expect(third.summary == summary(failed: 1, settled: 2))
        #expect(run.deadLetterPath.fileContents == event(2) + "\n")
        #expect(third.results[0].hasSuffix(#""runs":3,"reason":"all attempts used up in 3 runs: answered 500"}"#))
        #expect(try run(lines, to: server).summary == summary(settled: 3))
    }

    @Test func `an event that never left is not to blame, however many runs`() throws {
        let port = RefusingPort()
        for _ in 1...5 {
            let seen = try run([event(1)], to: "http://127.0.0.1:\(port.port)/")
            #expect(seen.summary == summary(pending: 1))
        }
        #expect(run.journalPath.fileContents.isEmpty)
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
        #expect(seen.ending == .askedToWait(until: moment(1_700_001_001), Excerpt("answered 429")))
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

    @Test func `a run that its time cuts short makes no event fail either`() throws {
        let server = ScriptedServer { _ in [.answer(503)] }
        let lines = (1...9).map { event($0) }
        for _ in 1...6 {
            let seen = try run(lines, to: server) { setup in
                setup.limits.attempts = 1
                setup.limits.deadline = .seconds(101)
            }
            #expect(seen.ending == .outOfTime)
            #expect(seen.summary.failed == 0)
        }
        #expect(run.deadLetterPath.fileContents.isEmpty)
    }

    @Test func `breakers in a row are counted, until something is answered`() throws {
        let server = ScriptedServer { $0.body == Array(event(9).utf8) ? [.answer(201)] : [.answer(503)] }
        let breakers = { try History(journalAt: run.journalPath) { _ in }.breakersInARow }
        for count in 1...3 {
            _ = try run((1...8).map { event($0) }, to: server) { $0.limits.attempts = 1 }
            #expect(try breakers() == count)
        }
        _ = try run([event(9)], to: server)
        #expect(try breakers() == 0)
    }

    @Test func `an outage of any length makes no event fail`() throws {
        let server = ScriptedServer { _ in [.answer(503)] }
        let lines = (1...9).map { event($0) }
        for _ in 1...6 {
            let seen = try run(lines, to: server) { $0.limits.attempts = 1 }
            #expect(seen.summary.failed == 0)
        }
        #expect(run.deadLetterPath.fileContents.isEmpty)
    }
}

/// What a receiver, and whoever reads the results, can tell of repetitions.
@Suite struct RepetitionTests {
    private let run: DeliveryRun

    init() throws {
        run = try DeliveryRun()
    }

    private func keys(_ server: ScriptedServer) -> [String] { server.requests.map { $0.header("webhook-id") ?? "" } }

    @Test func `the key of a delivery is the same on every attempt, in every run`() throws {
        let server = ScriptedServer(scripts: [[.answer(503)], [.close], [.answer(503)], [.answer(201)], [.answer(201)]])
        _ = try run([event(1)], to: server) { $0.limits.attempts = 2 }
        _ = try run([event(1), event(2)], to: server)
        let keys = keys(server)
        #expect(Set(keys.prefix(4)).count == 1)
        #expect(keys[4] != keys[0])
        #expect(keys[0].wholeMatch(of: /msg_[0-9a-f]{32}/) != nil)
    }

    @Test func `an id is one id, as a number and as text`() throws {
        var keys: [DeliveryKey] = []
        try withEvents("\(event(1))\n\(event(1).replacing(#""object_id":1"#, with: #""object_id":"1""#))") { event in
            keys.append(DeliveryKey(of: event.identity, delivery: 1))
            keys.append(DeliveryKey(of: event.identity, delivery: 2))
        }
        #expect(keys[0] == keys[2])
        #expect(keys[0] != keys[1])
        // The same next year, whatever is built: sha256sum of [["activity",1,"create"],1], its first half.
        #expect(keys[0].text == "msg_5e2bc3f9aff21a1d582c58ec3f7ba83d")
    }

    @Test func `a delivery after an attempt without an answer may be the second one`() throws {
        let server = ScriptedServer(scripts: [[.close], [.answer(201)], [.answer(201)]])
        let seen = try run([event(1), event(2)], to: server)
        #expect(seen.possibleDuplicates == 1)
        #expect(seen.results[0].contains(#","may_be_duplicate":true"#))
        #expect(!seen.results[1].contains("may_be_duplicate"))
    }

    @Test func `that is known to the run after, too`() throws {
        let server = ScriptedServer(scripts: [[.close], [.answer(201)]])
        _ = try run([event(1)], to: server) { $0.limits.attempts = 1 }
        #expect(try run([event(1)], to: server).possibleDuplicates == 1)
    }

    @Test func `an answer that is no 2xx is no delivery`() throws {
        let server = ScriptedServer(scripts: [[.answer(503)], [.answer(201)]])
        #expect(try run([event(1)], to: server).possibleDuplicates == 0)
    }

    @Test func `who asked to be left alone is left alone by the next runs, too`() throws {
        let server = ScriptedServer(scripts: [[.answer(429, headers: ["Retry-After: 7200"])], [.answer(201)]])
        let begin: Int64 = 1_700_000_100
        let asked = Ending.askedToWait(until: moment(begin + 7200), Excerpt("answered 429"))
        #expect(try run([event(1)], to: server) { $0.now = begin }.ending == asked)
        #expect(try run([event(1)], to: server) { $0.now = begin + 7199 }.ending == asked)
        #expect(server.requests.count == 1)
        #expect(try run([event(1)], to: server) { $0.now = begin + 7200 }.summary == summary(delivered: 1))
    }

    @Test func `a shorter wish is kept by the next run, too, when this one ends before`() throws {
        let server = ScriptedServer(scripts: [[.answer(503, headers: ["Retry-After: 600"])], [.answer(201)]])
        let first = try run([event(1)], to: server) { $0.limits.deadline = .seconds(105) }
        #expect(first.ending == .outOfTime)
        #expect(try run([event(1)], to: server) { $0.now += 300 }.summary == summary())
        #expect(try run([event(1)], to: server) { $0.now += 600 }.summary == summary(delivered: 1))
        #expect(server.requests.count == 2)
    }

    @Test func `a wish that a wrong clock put into next year is passed over`() throws {
        let server = ScriptedServer(scripts: [[.answer(429, headers: ["Retry-After: 7200"])], [.answer(201)]])
        _ = try run([event(1)], to: server) { $0.now += 400 * 86_400 }
        #expect(try run([event(1)], to: server).summary == summary(delivered: 1))
    }

    @Test func `a wish to be left alone for a week is one for a day`() throws {
        let server = ScriptedServer(scripts: [[.answer(429, headers: ["Retry-After: 604800"])], [.answer(201)]])
        _ = try run([event(1)], to: server)
        #expect(try run([event(1)], to: server) { $0.now += 86_400 }.summary == summary(delivered: 1))
    }
}
