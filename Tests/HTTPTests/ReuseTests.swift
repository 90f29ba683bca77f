import HTTP
import TestServer
import Testing

/// A transport keeps handles, header lines and connections; no request must notice.
@Suite struct ReuseTests {
    @Test(arguments: Sample.pairs)
    func `whatever was sent before, a request is sent and answered as over a fresh transport`(
        before: Sample, sample: Sample
    ) {
        let used = CurlTransport(userAgent: "t", interruptedBy: nil)
        let (server, other) = (Sample.server(), Sample.server())
        _ = used.ending(of: before.request(to: server))
        let start = ContinuousClock.now
        #expect(
            used.ending(of: sample.request(to: server)) == CurlTransport.fresh.ending(of: sample.request(to: other)))
        // What a time limit was said to be is the request's own: only the clock tells whether curl was told.
        #expect(ContinuousClock.now - start < .seconds(10))
        // Then all that arrived is in their records.
        server.stop()
        other.stop()
        let seen = server.requests.dropFirst(before.isSent ? 1 : 0).map(\.withoutHost)
        #expect(seen == other.requests.map(\.withoutHost))
        #expect(seen.count == (sample.isSent ? 1 : 0))
    }

    @Test(arguments: Sample.quick)
    func `after a stop, what may still be said is said as over a fresh transport`(sample: Sample) {
        let stop = StopPipe()
        let used = CurlTransport(userAgent: "t", interruptedBy: stop.readEnd)
        let stopping = ScriptedServer { request in
            guard request.target == "/stop" else { return [.answer(200)] }
            stop.write()
            return [.hold]
        }
        #expect(used.ending(of: Request(.get, stopping.url())).fact == nil)
        #expect(used.ending(of: Request(.post, stopping.url("/stop"), body: [1])).fact == .interrupted)
        let (server, other) = (Sample.server(), Sample.server())
        var request = sample.request(to: server)
        if sample.isSent { #expect(used.ending(of: request).fact == .interrupted) }
        request.isInterruptible = false
        #expect(used.ending(of: request) == CurlTransport.fresh.ending(of: sample.request(to: other)))
        server.stop()
        other.stop()
        #expect(server.requests.map(\.withoutHost) == other.requests.map(\.withoutHost))
    }
}

/// A request that differs from the others in something that a handle is told, or in how it ends.
struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// False for one that is refused before anything is sent.
    var isSent = true
    private let path: String
    private let make: @Sendable (String) -> Request

    private init(_ name: String, _ path: String = "/", _ make: @escaping @Sendable (String) -> Request) {
        testDescription = name
        self.path = path
        self.make = make
    }

    func request(to server: ScriptedServer) -> Request { make(server.url(path)) }

    static func server() -> ScriptedServer {
        ScriptedServer { request in
            switch request.target {
            case "/cut": [.begin(201, length: 100, "hello"), .close]
            case "/close": [.close]
            case "/hold": [.hold]
            case "/slow": [.pause(.milliseconds(250)), .answer(200, "slow")]
            default: request.method == "HEAD" ? [.answer(200)] : [.answer(201, headers: ["X-Path: /"], "hello")]
            }
        }
    }

    private static let type = Request.Header("Content-Type", "application/json")
    private static let token = Request.Header("Authorization", "Bearer t")

    private static func post(_ url: String, _ headers: [Request.Header], _ body: String = "event") -> Request {
        Request(.post, url, headers: headers, body: Array(body.utf8))
    }

    /// Each behind each, and the slow ones where they tell something.
    static let pairs: [(Sample, Sample)] =
        quick.flatMap { before in quick.map { (before, $0) } } + quick.prefix(3).map { (noAnswer, $0) }
        + [(lateAnswer, noAnswer), (noAnswer, lateAnswer), (shortTime, lateAnswer)]

    private static let noAnswer = Sample("a short time and no answer", "/hold") {
        Request(.post, $0, body: [1], timeout: .milliseconds(100))
    }
    private static let shortTime = Sample("a short time") { Request(.post, $0, body: [1], timeout: .milliseconds(200)) }
    private static let lateAnswer = Sample("a late answer", "/slow") { Request(.post, $0, body: [1]) }

    static let quick: [Sample] = [
        Sample("a type and a key") { post($0, [type, .init("webhook-id", "1")]) },
        Sample("another key, another body") { post($0, [type, .init("webhook-id", "2")], "another event") },
        Sample("a token behind the key") { post($0, [type, .init("webhook-id", "1"), token]) },
        Sample("the same headers in another order") { post($0, [.init("webhook-id", "1"), type]) },
        Sample("no header") { post($0, []) },
        Sample("an empty value and no body") { Request(.post, $0, headers: [.init("X-Empty", "")]) },
        Sample("GET") { Request(.get, $0) },
        Sample("GET, compressed") { Request(.get, $0, headers: [token], acceptsCompression: true) },
        Sample("HEAD") { Request(.head, $0) },
        Sample("PUT") { Request(.put, $0, headers: [type], body: [1]) },
        Sample("DELETE") { Request(.delete, $0) },
        Sample("too large an answer") { Request(.get, $0, responseLimit: 4) },
        Sample("a body that breaks", "/cut") { post($0, [type]) },
        Sample("a body that breaks and is not needed", "/cut") {
            var request = post($0, [type])
            request.needsWholeBody = false
            return request
        },
        Sample("a connection that ends", "/close") { post($0, [type]) },
        Sample.refused("a bad header") { post($0, [type, .init("X-Key", "a\r\nb"), token]) },
    ]

    private static func refused(_ name: String, _ make: @escaping @Sendable (String) -> Request) -> Sample {
        var sample = Sample(name, "/", make)
        sample.isSent = false
        return sample
    }
}

/// What came back, how long it took aside.
private struct Ended: Equatable {
    var response: Response?
    var fact: HTTPError.Fact?
    var mayHaveBeenSent: Bool?
}

extension CurlTransport {
    fileprivate static var fresh: CurlTransport { CurlTransport(userAgent: "t", interruptedBy: nil) }

    fileprivate func ending(of request: Request) -> Ended {
        do {
            let response = try send(request)
            return Ended(
                response: Response(
                    status: response.status, headers: response.headers, body: response.body, isWhole: response.isWhole))
        } catch {
            return Ended(fact: error.fact, mayHaveBeenSent: error.requestMayHaveBeenSent)
        }
    }
}

extension RecordedRequest {
    /// All of it but the port that it came to.
    fileprivate var withoutHost: [String] {
        ["\(method) \(target)"] + headerLines.filter { !$0.hasPrefix("Host:") } + [
            String(decoding: body, as: UTF8.self)
        ]
    }
}
