import HTTP
import Testing

@Suite struct HTTPErrorTests {
    @Test(arguments: [
        (HTTPError.Fact.refused, "h.example:443: cannot connect: connection refused"),
        (.timedOut(.connecting, limit: .seconds(10)), "h.example:443: timed out: no connection within 10 s"),
        (.timedOut(.answer, limit: .milliseconds(1999)), "h.example:443: timed out: no complete answer within 2 s"),
        (.timedOut(.answer, limit: .milliseconds(460)), "h.example:443: timed out: no complete answer within 0.5 s"),
        (.timedOut(.answer, limit: .seconds(30)), "h.example:443: timed out: no complete answer within 30 s"),
        (.closedWithoutAnswer, "h.example:443: no answer: connection closed after the request was sent"),
        (.answerTooLarge(limit: 65536), "h.example:443: answer too large: more than 65536 bytes"),
        (.tls(why: "certificate has expired"), "h.example:443: TLS: certificate has expired"),
    ])
    func `an error in words says where, what and why`(fact: HTTPError.Fact, words: String) {
        #expect(HTTPError(peer: "h.example:443", fact: fact, requestMayHaveBeenSent: false).description == words)
    }
}
