import HTTP
import NDJSON

/// Sends requests for tokens, tries again what may pass, and says what an answer means.
struct TokenService {
    let edge: CredentialsEdge

    private static let attempts = 3
    /// A service that asks for more is asked again by the next run.
    private static let longestPause = Duration.seconds(60)
    private let backoff = Backoff()

    init(_ edge: CredentialsEdge) {
        self.edge = edge
    }

    /// The JSON object that answers `request`, which `account` sends.
    func object(_ request: Request, for account: AccountName) throws -> JSONAnswer {
        try object(in: response(request, for: account), for: account)
    }

    /// The JSON object in an answer to `account`.
    func object(in response: Response, for account: AccountName) throws -> JSONAnswer {
        guard let value = try? JSONValue(parsing: response.body), value.kind == .object else {
            throw CredentialsError.unexpected(account: "\(account)", what: "not a JSON object")
        }
        return JSONAnswer(value: value, account: account, servedAt: servedAt(response))
    }

    /// The answer to `request`, whose faults that may pass are waited out.
    func response(
        _ request: Request, for account: AccountName, attempts: Int = TokenService.attempts
    ) throws -> Response {
        let request = try prepared(request)
        var attempt = 1
        while true {
            switch try exchange(request, for: account, attempt: attempt) {
            case .answer(let response): return response
            case .setback(let error, let pause):
                guard attempt < attempts else { throw error }
                try edge.sleep(max(pause, backoff.delay(afterAttempt: attempt, chance: edge.chance())))
            }
            attempt += 1
        }
    }

    private enum Exchanged {
        case answer(Response)
        /// It may pass, though not before `pause` is over.
        case setback(CredentialsError, pause: Duration)
    }

    /// One attempt. Nothing changes by asking for a token, so that a request may be sent twice.
    private func exchange(_ request: Request, for account: AccountName, attempt: Int) throws -> Exchanged {
        let response: Response
        do { response = try edge.send(request) } catch {
            return .setback(try CredentialsError.setback(error, after: attempt), pause: .zero)
        }
        if (200..<300).contains(response.status) { return .answer(response) }
        let fault = fault(response, account, peer: request.peer)
        guard fault.mayPass else { throw CredentialsError.refused(fault) }
        let pause = response.headers["Retry-After"].flatMap { retryDelay($0, now: edge.wallTime()) } ?? .zero
        guard pause <= TokenService.longestPause else { throw CredentialsError.askedToWait(fault, pause) }
        return .setback(.unavailable(fault, attempts: attempt), pause: pause)
    }

    // Ten times what such a service takes on a bad day: three attempts are over within a minute.
    private static let longestExchange = Duration.seconds(10)

    /// As it leaves. An answer is small and quick, and what goes to this machine or its link must not go by way of a proxy.
    private func prepared(_ request: Request) throws -> Request {
        var request = request
        request.responseLimit = min(request.responseLimit, 1 << 20)
        request.timeout = min(request.timeout, TokenService.longestExchange)
        do throws(HTTPError) {
            let endpoint = try Endpoint(url: request.url)
            if endpoint.isLoopback || endpoint.host == MetadataServer.address { request.bypassesProxy = true }
        } catch {
            throw CredentialsError.unusable(error)
        }
        return request
    }

    private func fault(_ response: Response, _ account: AccountName, peer: String) -> TokenFault {
        let ahead = edge.wallTime() - servedAt(response)
        let (code, message) = TokenService.words(of: response)
        return TokenFault(
            account: "\(account)", kind: account.kind, peer: peer, status: response.status, code: code,
            message: message, clockAhead: ahead.magnitude > 60 ? ahead : nil)
    }

    /// When the service answered, by its own clock; by ours when it does not say.
    func servedAt(_ response: Response) -> Int64 {
        let now = edge.wallTime()
        return response.headers["Date"].flatMap { unixSeconds(ofDate: $0, now: now) } ?? now
    }

    /// The two forms of an error: `{"error":"invalid_grant","error_description":…}` of the token endpoints, and
    /// `{"error":{"status":…,"message":…}}` of Google's APIs. A body that is neither is not shown.
    private static func words(of response: Response) -> (code: String, Excerpt) {
        let body = try? JSONValue(parsing: response.body)
        guard let body, let error = body["error"] else { return ("", Excerpt("no reason given")) }
        if let code = error.string {
            // invalid_rapt is the reason behind an invalid_grant: the organisation wants a new login.
            let code = body["error_subtype"]?.string ?? code
            return (code, TokenService.message(body["error_description"]?.string ?? "no description"))
        }
        return (error["status"]?.string ?? "", TokenService.message(error["message"]?.string ?? "no message"))
    }

    /// What the service says, up to 400 characters: the account or permission in it stands at its end, and rule 5's 80
    /// would cut it off.
    private static func message(_ text: String) -> Excerpt { Excerpt(text, longest: 400) }
}

extension TokenFault {
    /// By the status, or by the words that Google's own client retries by. Source: google-auth's `_can_retry`.
    fileprivate var mayPass: Bool {
        [408, 429, 500, 502, 503, 504].contains(status)
            || ["internal_failure", "server_error", "temporarily_unavailable"].contains(code)
    }
}

extension CredentialsError {
    /// What to say when `error` stays; throws what trying again does not mend.
    fileprivate static func setback(_ error: HTTPError, after attempts: Int) throws(CredentialsError)
        -> CredentialsError
    {
        switch error.fact {
        case .badURL, .badHeader: throw .unusable(error)
        case .tls: throw .untrusted(error)
        case .interrupted: throw .interrupted
        case .couldNotResolve, .refused, .couldNotConnect, .proxyRefused, .timedOut, .closedWithoutAnswer,
            .brokenAnswer, .answerTooLarge, .other:
            return .unreachable(error, attempts: attempts)
        }
    }
}

extension Request {
    /// `host:port`, for messages.
    fileprivate var peer: String { (try? Endpoint(url: url))?.description ?? "URL" }
}

/// Who asks, for messages.
struct AccountName: CustomStringConvertible {
    let kind: CredentialsKind
    let name: String

    /// `service account backfill@example.iam.gserviceaccount.com`.
    var description: String { name.isEmpty ? "\(kind)" : "\(kind) \(name)" }
}

/// An answer that should hold a token.
struct JSONAnswer {
    let value: JSONValue
    let account: AccountName
    /// Unix seconds.
    let servedAt: Int64

    /// The token in `field`, which lives as long as `expires_in` says.
    func accessToken(_ field: String = "access_token") throws -> Token {
        // RFC 6749, 5.1 only recommends expires_in; an hour is what all of Google's tokens live.
        let seconds = value["expires_in"]?.integer ?? 3600
        return Token(text: try text(field), lifetime: .seconds(max(0, min(seconds, 86_400))))
    }

    /// The ID token in `field`, which says by itself when it ends.
    func idToken(_ field: String) throws -> Token {
        guard let token = Token(idToken: try text(field), now: servedAt) else {
            throw CredentialsError.unexpected(account: "\(account)", what: "\(field): not a JWT")
        }
        return token
    }

    /// A member that has to be a string which can stand in a header.
    func text(_ field: String) throws -> String {
        guard let text = value[field]?.string, Token.isPlain(text) else {
            throw CredentialsError.unexpected(account: "\(account)", what: "\(field): missing")
        }
        return text
    }
}
