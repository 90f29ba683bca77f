import TestServer
import Testing

@testable import HTTP

@Suite struct EndingTests {
    private let transport = CurlTransport(userAgent: "t", interruptedBy: nil)

    // MARK: Broken answers

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Len", "connection closed inside the headers"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", "connection closed inside the headers"),
        ("HTTP/1.1 200 OK\r\n", "connection closed inside the headers"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "connection closed inside the body"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "connection closed inside the body"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "connection closed inside the body"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        ("hello\r\n\r\n", "not HTTP"),
    ])
    func `an answer that is cut or no HTTP is broken`(answer: String, why: String) {
        let server = ScriptedServer { _ in [.send(answer), .close] }
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, server.url(), body: [1]))
        #expect(fact == .brokenAnswer(why: why))
        #expect(mayHaveBeenSent == true)
        #expect(server.requests.count == 1)
    }

    @Test func `a reset inside the body is a broken answer`() {
        let server = ScriptedServer { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .reset] }
        guard case .brokenAnswer = transport.fact(Request(.get, server.url())).0 else {
            Issue.record("not a broken answer")
            return
        }
    }

    @Test func `a bad chunk is a broken answer that says so`() {
        let server = ScriptedServer { _ in
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), .hold]
        }
        guard case .brokenAnswer(let why) = transport.fact(Request(.get, server.url())).0 else {
            Issue.record("not a broken answer")
            return
        }
        #expect(why.contains("chunk"))
    }

    @Test func `an answer in chunks, byte by byte, is whole`() throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = "5\r\nhello\r\n1\r\n!\r\n0\r\nX-Trailer: 1\r\n\r\n"
        let server = ScriptedServer { _ in [.trickle(Array((head + chunks).utf8))] }
        for _ in 1...2 {
            let response = try transport.send(Request(.get, server.url()))
            #expect(response.body == Array("hello!".utf8))
            #expect(response.headers["X-Trailer"] == nil)
        }
        #expect(server.connections == 1)
    }

    @Test func `an answer without a length ends with its connection`() throws {
        let server = ScriptedServer { _ in [.send("HTTP/1.0 200 OK\r\n\r\nhello"), .close] }
        #expect(try transport.send(Request(.get, server.url())).body == Array("hello".utf8))
    }

    @Test func `an answer may be as large as its limit and not one byte larger`() throws {
        let server = ScriptedServer { _ in [.answer(200, String(repeating: "x", count: 1000))] }
        #expect(try transport.send(Request(.get, server.url(), responseLimit: 1000)).body.count == 1000)
        let (fact, mayHaveBeenSent) = transport.fact(Request(.get, server.url(), responseLimit: 999))
        #expect(fact == .answerTooLarge(limit: 999))
        #expect(mayHaveBeenSent == true)
    }

    @Test func `headers without an end are a broken answer`() {
        let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
        let server = ScriptedServer { _ in
            [.send("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 300)), .hold]
        }
        guard case .brokenAnswer = transport.fact(Request(.get, server.url())).0 else {
            Issue.record("not a broken answer")
            return
        }
    }

    // MARK: A status without its whole body

    @Test(arguments: BrokenBody.all)
    func `what breaks after the headers leaves the status, where that is enough`(broken: BrokenBody) throws {
        let server = ScriptedServer { $0.target == "/next" ? [.answer(200)] : broken.steps }
        var request = Request(.post, server.url("/broken"), body: [1], timeout: broken.timeout, responseLimit: 65_536)
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact.map { broken.isRight($0) } == true, "\(String(describing: fact))")
        #expect(mayHaveBeenSent == true)
        #expect(server.requests.count == 1)

        request.needsWholeBody = false
        let response = try transport.send(request)
        #expect(response.status == 201)
        #expect(response.headers["X-Name"] == "1")
        #expect(!response.isWhole)
        // Compared outside, since a failure would print all of it.
        let isExactlyCut = response.body == broken.body
        #expect(isExactlyCut, "\(response.body.count) bytes instead of \(broken.body.count)")
        #expect(server.requests.count == 2)
        // Nothing of the broken answer is left in the next one.
        #expect(try transport.send(Request(.get, server.url("/next"))).status == 200)
        #expect(server.connections == 3)
    }

    @Test func `an answer that is whole says so, whoever asks`() throws {
        let server = ScriptedServer { _ in [.answer(201, "hello")] }
        for needsWholeBody in [true, false] {
            var request = Request(.post, server.url(), body: [1], responseLimit: 5)
            request.needsWholeBody = needsWholeBody
            let response = try transport.send(request)
            #expect(response.isWhole)
            #expect(response.body == Array("hello".utf8))
        }
        #expect(server.connections == 1)
    }

    @Test(
        arguments: [
            ("", .closedWithoutAnswer), ("HTTP/1.1 100 Continue\r\n\r\n", .closedWithoutAnswer),
            ("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 OK\r\n", cutHeaders),
            ("HTTP/1.1 201 OK\r\n", cutHeaders), ("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n", cutHeaders),
            ("SSH-2.0-OpenSSH_9.2\r\n", .brokenAnswer(why: "not HTTP")),
        ] as [(String, HTTPError.Fact)])
    func `without the end of the headers there is no status`(answer: String, fact: HTTPError.Fact) {
        let server = ScriptedServer { _ in [.send(answer), .close] }
        var request = Request(.post, server.url(), body: [1])
        request.needsWholeBody = false
        let (found, mayHaveBeenSent) = transport.fact(request)
        #expect(found == fact)
        #expect(mayHaveBeenSent == true)
        #expect(server.requests.count == 1)
    }

    // MARK: No connection, no answer in time

    @Test func `a port that nobody listens on refuses, and nothing was sent`() {
        let port = RefusingPort()
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, "http://127.0.0.1:\(port.port)/", body: [1]))
        #expect(fact == .refused)
        #expect(mayHaveBeenSent == false)
    }

    @Test func `a server that says nothing times out after the request was sent`() {
        let port = SilentPort()
        let request = Request(.post, "http://127.0.0.1:\(port.port)/", body: [1], timeout: .milliseconds(50))
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .timedOut(.answer, limit: .milliseconds(50)))
        #expect(mayHaveBeenSent == true)
    }

    @Test func `a TLS handshake that nobody answers times out while connecting`() {
        let port = SilentPort()
        let request = Request(
            .post, "https://127.0.0.1:\(port.port)/", body: [1], timeout: .seconds(30),
            connectTimeout: .milliseconds(50))
        let (fact, mayHaveBeenSent) = transport.fact(request)
        #expect(fact == .timedOut(.connecting, limit: .milliseconds(50)))
        #expect(mayHaveBeenSent == false)
    }

    @Test func `a name without an address is named`() {
        // No label may have 64 letters, so the resolver says no by itself and no name server is asked.
        let name = String(repeating: "x", count: 64) + ".invalid"
        let (fact, mayHaveBeenSent) = transport.fact(Request(.get, "http://\(name)/"))
        #expect(fact == .couldNotResolve(name: name))
        #expect(mayHaveBeenSent == false)
    }

    @Test(arguments: [
        (
            "Unsupported proxy scheme for 'foo://user:s3cret@127.0.0.1:3128'",
            "Unsupported proxy scheme for 'foo://…@127.0.0.1:3128'"
        ),
        ("Could not resolve proxy: http://u:p@a@b", "Could not resolve proxy: http://…@b"),
        ("no such host: a@b", "no such host: a@b"), ("http://host/path", "http://host/path"),
    ])
    func `a user and a password are no part of what is told`(words: String, told: String) {
        #expect(Ending.withoutUser(words) == told)
    }
}

private let cutHeaders = HTTPError.Fact.brokenAnswer(why: "connection closed inside the headers")
