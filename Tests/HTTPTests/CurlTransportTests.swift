import HTTP
import TestServer
import Testing

@Suite struct CurlTransportTests {
    private let transport = CurlTransport(userAgent: "activity-backfill/test", interruptedBy: nil)

    // MARK: What is sent

    @Test(arguments: [0, 1, 150, 1 << 20, 3 << 20])
    func `a body arrives byte for byte, NUL bytes included`(size: Int) throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let response = try transport.send(Request(.post, server.url("/hook?a=1"), body: body))
        #expect(response.status == 201)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/hook?a=1")
        #expect(request.body == body)
        #expect(request.header("Content-Length") == "\(size)")
        #expect(request.header("Expect") == nil)
        #expect(request.header("Transfer-Encoding") == nil)
        #expect(request.header("Content-Type") == nil)
        #expect(request.header("User-Agent") == "activity-backfill/test")
    }

    @Test(arguments: [1, 100, 4096, 1 << 20, 5_000_000])
    func `an answer has room for an end behind it, so that nobody has to copy it`(size: Int) throws {
        let text = String(repeating: "a", count: size)
        let server = ScriptedServer { _ in [.answer(200, text)] }
        let response = try transport.send(Request(.get, server.url()))
        #expect(response.body.count == size)
        #expect(response.body.capacity >= size + 64)
    }

    @Test(arguments: ["-1", "x", "99999999999999999999", "9223372036854775807"])
    func `a length that nobody can believe ends nothing but the exchange`(length: String) {
        let server = ScriptedServer { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello"), .close]
        }
        let response = try? transport.send(Request(.get, server.url()))
        #expect(response == nil || response?.body == Array("hello".utf8))
    }

    @Test(arguments: [Request.Method.get, .head, .post, .put, .delete])
    func `each method is sent under its name, on one connection`(method: Request.Method) throws {
        let server = ScriptedServer { request in
            request.method == "HEAD" ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")] : [.answer(200, "hello")]
        }
        for _ in 1...3 {
            let response = try transport.send(Request(method, server.url()))
            #expect(response.body == (method == .head ? [] : Array("hello".utf8)))
        }
        #expect(server.requests.map(\.method) == Array(repeating: method.rawValue, count: 3))
        #expect(server.connections == 1)
    }

    @Test func `nothing of one exchange is left in the next`() throws {
        let server = ScriptedServer { _ in [.answer(200)] }
        let headers = [Request.Header("X-Name", "1"), .init("Content-Type", "application/json"), .init("X-Empty", "")]
        _ = try transport.send(Request(.post, server.url(), headers: headers, body: [1, 2, 3]))
        _ = try transport.send(Request(.head, server.url()))
        _ = try transport.send(Request(.get, server.url()))
        let requests = server.requests
        #expect(requests[0].header("X-Name") == "1")
        #expect(requests[0].header("Content-Type") == "application/json")
        #expect(requests[0].headerLines.contains("X-Empty:"))
        #expect(requests[2].method == "GET")
        #expect(requests[2].body.isEmpty)
        #expect(requests[2].header("X-Name") == nil)
        #expect(requests[2].header("Content-Length") == nil)
        #expect(server.connections == 1)
    }

    @Test func `a header that would break the request apart is refused before anything is sent`() {
        let server = ScriptedServer { _ in [.answer(200)] }
        let request = Request(.post, server.url(), headers: [.init("X-Key", "a\r\nInjected: 1")])
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .badHeader(name: "X-Key", why: "the value has a control character"))
        #expect(mayHaveBeenSent == false)
        #expect(server.connections == 0)
    }

    // MARK: At most once

    @Test(arguments: [Request.Method.get, .head, .post, .put, .delete], [[UInt8](), Array("event".utf8)])
    func `a server that closes a kept connection without an answer sees the request once`(
        method: Request.Method, body: [UInt8]
    ) throws {
        let server = ScriptedServer(scripts: [[.answer(200)], [.close], [.answer(200)]])
        let hasBody = method != .get && method != .head && !body.isEmpty
        let request = Request(method, server.url(), body: hasBody ? body : nil)
        _ = try transport.send(request)
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .closedWithoutAnswer)
        #expect(mayHaveBeenSent == true)
        #expect(server.requests.count == 2)
        #expect(try transport.send(request).status == 200)
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [[Step.close], [.reset]])
    func `a first request that gets no answer is seen once as well`(steps: [Step]) {
        let server = ScriptedServer { _ in steps }
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, server.url(), body: [1]))
        #expect(fact == .closedWithoutAnswer)
        #expect(mayHaveBeenSent == true)
        #expect(server.requests.count == 1)
    }

    @Test func `an idle connection that the server has closed is not written to`() throws {
        let server = ScriptedServer { _ in [.answer(200), .close] }
        let request = Request(.post, server.url(), body: [1])
        _ = try transport.send(request)
        // Waits until both ends of the server are closed, so that a new connection has to be tried, and is refused.
        server.stop()
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .refused)
        #expect(mayHaveBeenSent == false)
    }

    // MARK: Answers

    @Test func `interim answers are not the answer`() throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        let server = ScriptedServer(scripts: [
            [.send(interim), .answer(201, headers: ["X-Late: 2"])],
            [.send(interim), .close],
        ])
        let response = try transport.send(Request(.post, server.url(), body: [1]))
        #expect(response.status == 201)
        #expect(response.headers["X-Early"] == nil)
        #expect(response.headers["x-late"] == "2")
        #expect(transport.fact(Request(.post, server.url(), body: [1])).0 == .closedWithoutAnswer)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is an answer and is not followed`(status: Int) throws {
        let server = ScriptedServer { _ in [.answer(status, headers: ["Location: /elsewhere"])] }
        let response = try transport.send(Request(.post, server.url(), body: [1]))
        #expect(response.status == status)
        #expect(response.headers["location"] == "/elsewhere")
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [204, 304])
    func `an answer that has no body does not wait for one`(status: Int) throws {
        let server = ScriptedServer { _ in [.send("HTTP/1.1 \(status) None\r\n\r\n")] }
        for _ in 1...2 {
            let response = try transport.send(Request(.get, server.url()))
            #expect(response.status == status)
            #expect(response.body.isEmpty)
        }
        #expect(server.connections == 1)
    }

    @Test func `header values lose the white space around them and keep what is inside`() throws {
        let server = ScriptedServer { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length:0\r\nX-Name: \t a  b \r\nX-Fold: a\r\n b\r\nX-None:\r\n\r\n")]
        }
        let response = try transport.send(Request(.get, server.url()))
        #expect(response.headers["X-Name"] == "a  b")
        #expect(response.headers["X-Fold"] == "a b")
        #expect(response.headers["X-None"] == "")
    }

    @Test func `a compressed answer is unpacked when the request accepts it`() throws {
        let server = ScriptedServer { request in
            let isAccepted = request.header("Accept-Encoding")?.contains("gzip") == true
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(helloInGzip.count)\r\n\r\n"
            return isAccepted ? [.send(head), .send(helloInGzip)] : [.answer(200, "plain")]
        }
        #expect(try transport.send(Request(.get, server.url())).body == Array("plain".utf8))
        let packed = Request(.get, server.url(), acceptsCompression: true)
        #expect(try transport.send(packed).body == Array("hello".utf8))
        let large = Request(.get, server.url(), responseLimit: 4, acceptsCompression: true)
        #expect(transport.fact(large).0 == .answerTooLarge(limit: 4))
    }

    @Test func `a compressed answer that is damaged is broken`() {
        let server = ScriptedServer { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")]
        }
        guard case .brokenAnswer = transport.fact(Request(.get, server.url(), acceptsCompression: true)).0 else {
            Issue.record("not a broken answer")
            return
        }
    }

    // MARK: One under way

    @Test func `a request that is under way arrives while others are sent and answered`() throws {
        let server = ScriptedServer { request in [.answer(200, request.target)] }
        let ahead = try transport.begin(Request(.get, server.url("/ahead")))
        for _ in 1...3 { #expect(try transport.send(Request(.get, server.url("/now"))).body == Array("/now".utf8)) }
        #expect(try transport.finish(ahead).body == Array("/ahead".utf8))
        #expect(server.requests.map(\.target).sorted() == ["/ahead", "/now", "/now", "/now"])
    }

    @Test func `a request that is under way and forgotten disturbs no other`() throws {
        let server = ScriptedServer { request in request.target == "/slow" ? [.hold] : [.answer(200)] }
        do { _ = try transport.begin(Request(.get, server.url("/slow"))) }
        #expect(try transport.send(Request(.get, server.url("/now"))).status == 200)
    }

    @Test func `a request that is under way and fails says so when its answer is asked for`() throws {
        let server = ScriptedServer { _ in [.close] }
        let ahead = try transport.begin(Request(.get, server.url("/ahead")))
        let error = #expect(throws: HTTPError.self) { try transport.finish(ahead) }
        #expect(error?.fact == .closedWithoutAnswer)
    }
}

/// `hello`, as `printf hello | gzip -n` packs it.
private let helloInGzip: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6,
    0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
]
