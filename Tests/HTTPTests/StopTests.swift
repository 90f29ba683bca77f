import Glibc
import HTTP
import TestServer
import Testing

/// What a stop does to an exchange.
@Suite struct StopTests {
    private let stop = StopPipe()
    private let transport: CurlTransport

    init() {
        transport = CurlTransport(userAgent: "t", interruptedBy: stop.readEnd)
    }

    @Test func `a stop while the answer is awaited ends the exchange at once`() throws {
        let server = ScriptedServer { [stop] request in
            guard request.target == "/stop" else { return [.answer(200)] }
            stop.write()
            return [.hold]
        }
        #expect(try transport.send(Request(.post, server.url("/first"), body: [1])).status == 200)
        let error = #expect(throws: HTTPError.self) {
            try transport.send(Request(.post, server.url("/stop"), body: [1], timeout: .seconds(20)))
        }
        #expect(error?.fact == .interrupted)
        #expect(error?.requestMayHaveBeenSent == true)
        #expect(server.requests.count == 2)
    }

    @Test func `after a stop nothing is sent, and the descriptor is left as it was`() {
        stop.write()
        let server = ScriptedServer { _ in [.answer(200)] }
        for _ in 1...2 {
            let error = #expect(throws: HTTPError.self) { try transport.send(Request(.get, server.url())) }
            #expect(error?.fact == .interrupted)
            #expect(error?.requestMayHaveBeenSent == false)
        }
        #expect(server.connections == 0)
    }

    @Test func `what has to be said on the way out is sent after a stop, too`() throws {
        stop.write()
        let server = ScriptedServer { _ in [.answer(200)] }
        var request = Request(.post, server.url("/cancel"))
        request.isInterruptible = false
        #expect(try transport.send(request).status == 200)
    }

    // MARK: Grace

    @Test func `an answer that comes within the grace is taken`() throws {
        let server = ScriptedServer { [stop] _ in
            stop.write()
            return [.pause(.milliseconds(200)), .answer(201, "late")]
        }
        let response = try transport.send(request(server.url(), grace: .seconds(20)))
        #expect(response.status == 201)
        #expect(response.isWhole)
        #expect(response.body == Array("late".utf8))
        // The next one is not begun, whatever its grace.
        let (fact, mayHaveBeenSent) = transport.fact(request(server.url(), grace: .seconds(20)))
        #expect(fact == .interrupted)
        #expect(mayHaveBeenSent == false)
        #expect(server.requests.count == 1)
    }

    @Test func `an exchange without an answer ends with its grace, and does not spin until then`() {
        let server = ScriptedServer { [stop] _ in
            stop.write()
            return [.hold]
        }
        let grace = Duration.milliseconds(300)
        let start = ContinuousClock.now
        let startOfWork = timeOnProcessor()
        let (fact, mayHaveBeenSent) = transport.fact(request(server.url(), grace: grace))
        let work = timeOnProcessor() - startOfWork
        let time = ContinuousClock.now - start
        #expect(fact == .interrupted)
        #expect(mayHaveBeenSent == true)
        #expect(time >= grace && time < .seconds(10), "\(time)")
        #expect(work < grace / 2, "\(work)")
        #expect(server.requests.count == 1)
    }

    @Test func `an exchange that fails within the grace says how`() {
        let server = ScriptedServer { [stop] _ in
            stop.write()
            return [.pause(.milliseconds(50)), .close]
        }
        #expect(transport.fact(request(server.url(), grace: .seconds(20))).0 == .closedWithoutAnswer)
    }

    @Test func `a grace is no longer than the time of the whole exchange`() {
        let server = ScriptedServer { [stop] _ in
            stop.write()
            return [.hold]
        }
        var request = request(server.url(), grace: .seconds(20))
        request.timeout = .milliseconds(300)
        #expect(transport.fact(request).0 == .timedOut(.answer, limit: .milliseconds(300)))
    }

    @Test func `a connection that is not ready when the stop comes gets no grace`() {
        // The first bytes are those of TLS: they come before any of the request.
        let server = ScriptedServer(greeting: [.run { [stop] in stop.write() }, .hold])
        let request = request("https://127.0.0.1:\(server.port)/", grace: .seconds(20))
        let start = ContinuousClock.now
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .interrupted)
        #expect(mayHaveBeenSent == false)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test(arguments: [Duration.zero, .milliseconds(100)])
    func `a stop inside the body leaves the status, where that is enough`(grace: Duration) throws {
        let server = ScriptedServer { [stop] _ in
            [.begin(201, length: 10, "hello"), .run { stop.write() }, .hold]
        }
        var request = request(server.url(), grace: grace)
        request.needsWholeBody = false
        let response = try transport.send(request)
        #expect(response.status == 201)
        #expect(!response.isWhole)
        #expect(response.body == Array("hello".utf8))
    }

    @Test func `a stop inside the body is an interruption, where the whole body is needed`() {
        let server = ScriptedServer { [stop] _ in
            [.begin(201, length: 10, "hello"), .run { stop.write() }, .hold]
        }
        #expect(transport.fact(request(server.url(), grace: .milliseconds(100))).0 == .interrupted)
    }

    /// One that takes long to time out.
    private func request(_ url: String, grace: Duration) -> Request {
        var request = Request(
            .post, url, body: [1], timeout: .seconds(20), connectTimeout: .seconds(20))
        request.stopGrace = grace
        return request
    }

    /// How long this thread has worked.
    private func timeOnProcessor() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
