import GoogleAuth
import HTTP
import NDJSON
import TestServer
import Testing

@Suite struct TokenServiceTests {
    private let process = FakeProcess()

    private func token(_ scripts: [[Step]]) throws -> (Result<String, any Error>, ScriptedServer) {
        let server = ScriptedServer(scripts: scripts)
        let credentials = try process.credentials(login(tokenURL: server.url("/token")))
        return (Result { try credentials.accessToken() }, server)
    }

    private func error(_ answer: Step) throws -> (CredentialsError?, requests: Int) {
        let (result, server) = try token([[answer]])
        guard case .failure(let error) = result else { return (nil, server.requests.count) }
        return (error as? CredentialsError, server.requests.count)
    }

    @Test func `faults that may pass are waited out, with growing pauses`() throws {
        let (result, server) = try token([
            [.answer(503)], [.answer(400, #"{"error":"server_error"}"#)], [tokenAnswer("token", lifetime: 3600)],
        ])
        #expect(try result.get() == "token")
        #expect(server.requests.count == 3)
        #expect(process.waits == [.milliseconds(500), .seconds(1)])
    }

    @Test func `a connection that breaks is tried again, since asking twice does no harm`() throws {
        let (result, server) = try token([[.reset], [.close], [tokenAnswer("token", lifetime: 3600)]])
        #expect(try result.get() == "token")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func `three attempts are all`(status: Int) throws {
        let (error, requests) = try error(.answer(status, #"{"error":"x","error_description":"y"}"#))
        #expect(requests == 3)
        guard case .unavailable(let fault, attempts: 3) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(fault.status == status)
    }

    @Test func `Retry-After is waited for, and a minute is the longest`() throws {
        let (result, _) = try token([
            [.answer(429, headers: ["Retry-After: 7"])], [tokenAnswer("token", lifetime: 3600)],
        ])
        #expect(try result.get() == "token")
        #expect(process.waits == [.seconds(7)])

        let (error, requests) = try error(.answer(503, headers: ["Retry-After: 61"]))
        #expect(requests == 1)
        guard case .askedToWait(_, .seconds(61)) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    @Test(arguments: [400, 401, 403, 404, 302])
    func `a refusal is final, and says what the service says`(status: Int) throws {
        let (error, requests) = try error(
            .answer(status, #"{"error":"invalid_grant","error_description":"Bad Request"}"#))
        #expect(requests == 1)
        #expect("\(try #require(error))" == "user login: refused: Bad Request (invalid_grant, HTTP \(status))")
    }

    @Test func `the reason behind an invalid grant is named`() throws {
        let (error, _) = try error(
            .answer(400, #"{"error":"invalid_grant","error_description":"d","error_subtype":"invalid_rapt"}"#))
        guard case .refused(let fault) = error else {
            Issue.record("another error, or none")
            return
        }
        #expect(fault.code == "invalid_rapt")
    }

    @Test(arguments: [
        (7200, "; the clock here is 2h0m behind"), (-900, "; the clock here is 15m0s ahead of"),
        (-400_000, "; the clock here is 4d15h ahead of"), (60, ""), (-60, ""),
    ])
    func `a clock that is off by more than a minute is said to be`(seconds: Int64, words: String) throws {
        // The wall clock of the test stands at 2023-11-14T22:13:20Z.
        process.wall -= seconds
        let (error, _) = try error(
            .answer(400, headers: ["Date: Tue, 14 Nov 2023 22:13:20 GMT"], #"{"error":"invalid_grant"}"#))
        let text = "\(try #require(error))"
        #expect(words.isEmpty ? !text.contains("clock") : text.contains(words), "\(text)")
    }

    @Test(arguments: ["", "[]", "{}", #"{"access_token":7}"#, #"{"access_token":"two words"}"#])
    func `an answer without a token is not taken for one`(body: String) throws {
        guard case .unexpected = try error(.answer(200, body)).0 else {
            Issue.record("another error, or none")
            return
        }
    }

    @Test func `a body that is no JSON is not shown`() throws {
        let (error, _) = try error(.answer(403, "<html>refresh_token=1//r</html>"))
        #expect("\(try #require(error))" == "user login: refused: no reason given (HTTP 403)")
    }
}
