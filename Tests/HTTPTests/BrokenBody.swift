import HTTP
import TestServer
import Testing

/// A way in which an answer breaks after its headers.
struct BrokenBody: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]
    /// What comes of the body.
    let body: [UInt8]
    let timeout: Duration
    /// Whether this is what somebody learns who needs the whole body.
    let isRight: @Sendable (HTTPError.Fact) -> Bool

    private init(
        _ name: String, framing: String, _ steps: [Step], body: String, timeout: Duration = .seconds(20),
        _ isRight: @escaping @Sendable (HTTPError.Fact) -> Bool
    ) {
        testDescription = name
        self.steps = [.send("HTTP/1.1 201 Created\r\nX-Name: 1\r\n\(framing)\r\n")] + steps
        self.body = Array(body.utf8)
        self.timeout = timeout
        self.isRight = isRight
    }

    private static let ten = "Content-Length: 10\r\n"
    private static let chunked = "Transfer-Encoding: chunked\r\n"
    private static let longest = String(repeating: "x", count: 65_536)

    static let all = [
        BrokenBody("closed before any of it", framing: ten, [.close], body: "", isCut),
        BrokenBody("closed before its length", framing: ten, [.send("hello"), .close], body: "hello", isCut),
        BrokenBody("reset", framing: ten, [.send("hello"), .reset], body: "hello", isBroken),
        BrokenBody("reset, without a length", framing: "", [.send("hello"), .reset], body: "hello", isBroken),
        BrokenBody("closed in a chunk", framing: chunked, [.send("5\r\nhe"), .close], body: "he", isCut),
        BrokenBody("closed between chunks", framing: chunked, [.send("2\r\nhe\r\n"), .close], body: "he", isCut),
        BrokenBody("bad chunk", framing: chunked, [.send("2\r\nhe\r\nzz\r\n"), .hold], body: "he", isBroken),
        BrokenBody(
            "stalled", framing: ten, [.send("hello"), .hold], body: "hello", timeout: .milliseconds(200)
        ) { $0 == .timedOut(.answer, limit: .milliseconds(200)) },
        BrokenBody(
            "one byte too many", framing: "Content-Length: 65537\r\n", [.send(longest + "x")], body: longest, isTooLarge
        ),
        BrokenBody(
            "endless", framing: "", [.sendForEver(Array("xxxxx".utf8))], body: longest, isTooLarge),
        BrokenBody(
            "endless, in chunks", framing: chunked, [.sendForEver(Array("3\r\nxxx\r\n".utf8))], body: longest,
            isTooLarge),
        BrokenBody(
            "endless trailers", framing: chunked, [.send("2\r\nhe\r\n0\r\n"), .sendForEver(Array("X-Y: 1\r\n".utf8))],
            body: "he", isBroken),
    ]

    @Sendable private static func isCut(_ fact: HTTPError.Fact) -> Bool {
        fact == .brokenAnswer(why: "connection closed inside the body")
    }

    @Sendable private static func isBroken(_ fact: HTTPError.Fact) -> Bool {
        if case .brokenAnswer = fact { true } else { false }
    }

    @Sendable private static func isTooLarge(_ fact: HTTPError.Fact) -> Bool { fact == .answerTooLarge(limit: 65_536) }
}
