import HTTP
import NDJSON
import Testing

@testable import Delivery

@Suite struct RetryPolicyTests {
    private func verdict(_ status: Int, _ headers: [(String, String)] = [], now: Int64 = 0) -> Verdict {
        var lines = Headers()
        for (name, value) in headers { lines.append(name, value) }
        return RetryPolicy.verdict(on: Response(status: status, headers: lines, body: Array("no".utf8)), now: now)
    }

    private func verdict(_ fact: HTTPError.Fact) -> Verdict {
        RetryPolicy.verdict(on: error(fact))
    }

    private func error(_ fact: HTTPError.Fact) -> HTTPError {
        HTTPError(peer: "dispatcher:443", fact: fact, requestMayHaveBeenSent: true)
    }

    private func answered(_ status: Int) -> Reason { .answered(status: status, Excerpt("no")) }

    @Test(arguments: 200...299) func `any 2xx is a delivery`(status: Int) {
        #expect(verdict(status) == .taken(status: status))
    }

    @Test(arguments: [408, 425, 429] + Array(500...599))
    func `what may pass is tried again`(status: Int) {
        #expect(verdict(status) == .unavailable(answered(status), pause: nil))
    }

    @Test(arguments: [401, 403, 404, 407, 410])
    func `what no event of ours can pass stops the run`(status: Int) {
        #expect(verdict(status) == .unwelcome(answered(status)))
    }

    @Test(arguments: Set(400...499).subtracting([401, 403, 404, 407, 408, 410, 425, 429]).sorted())
    func `any other 4xx is the event's own fault, for good`(status: Int) {
        #expect(verdict(status) == .refused(answered(status)))
    }

    @Test(arguments: 300...399)
    func `a redirection fails with the place that it names`(status: Int) {
        let verdict = verdict(status, [("Location", "https://elsewhere/")])
        #expect(verdict == .refused(.redirected(status: status, to: Excerpt("https://elsewhere/"))))
    }

    @Test(arguments: [101, 600, 999])
    func `a status that HTTP does not know is tried again`(status: Int) {
        #expect(verdict(status) == .unavailable(answered(status), pause: nil))
    }

    @Test func `Retry-After comes along, in seconds and as a date`() {
        #expect(verdict(429, [("Retry-After", "120")]) == .unavailable(answered(429), pause: .seconds(120)))
        let date = verdict(503, [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], now: 784_111_767)
        #expect(date == .unavailable(answered(503), pause: .seconds(10)))
        #expect(verdict(503, [("Retry-After", "soon")]) == .unavailable(answered(503), pause: nil))
    }

    @Test(
        arguments: [
            .couldNotResolve(name: "d"), .refused, .couldNotConnect(why: "no route"), .proxyRefused(status: 502),
            .timedOut(.connecting, limit: .seconds(1)), .timedOut(.answer, limit: .seconds(1)), .closedWithoutAnswer,
            .brokenAnswer(why: "headers cut"), .answerTooLarge(limit: 9), .other(code: 1, text: "x"),
        ] as [HTTPError.Fact])
    func `no answer, or a broken one, is tried again`(fact: HTTPError.Fact) {
        #expect(verdict(fact) == .unanswered(.unanswered(error(fact))))
    }

    @Test(arguments: [.tls(why: "expired"), .proxyRefused(status: 407)] as [HTTPError.Fact])
    func `who does not trust us, or is not trusted, stops the run`(fact: HTTPError.Fact) {
        #expect(verdict(fact) == .unwelcome(.unanswered(error(fact))))
    }

    @Test func `a request that cannot be made is not the event's fault`() {
        #expect(verdict(.badURL(why: "x")) == .impossible(error(.badURL(why: "x"))))
        #expect(verdict(.badHeader(name: "A", why: "x")) == .impossible(error(.badHeader(name: "A", why: "x"))))
    }

    @Test(arguments: ["why\n", "\r\n why \n\n", "why"])
    func `the line feed that ends an answer is no part of the reason`(body: String) {
        let verdict = RetryPolicy.verdict(on: Response(status: 400, body: Array(body.utf8)), now: 0)
        #expect(verdict == .refused(.answered(status: 400, Excerpt("why"))))
    }

    @Test func `a signal interrupts and decides nothing`() {
        #expect(verdict(.interrupted) == .interrupted(error(.interrupted)))
    }
}
