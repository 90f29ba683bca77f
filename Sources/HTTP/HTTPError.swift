/// Why an exchange has no answer: with whom, what happened, and whether the other side may have seen the request.
public struct HTTPError: Error, Equatable {
    /// What happened; callers switch over it.
    public enum Fact: Equatable, Sendable {
        /// The request's URL cannot be used; the URL itself is not repeated, since it may carry a secret.
        case badURL(why: String)
        /// A header's name or value would break the request apart, or is the transport's own (`Content-Length`).
        case badHeader(name: String, why: String)
        /// The host's name, or the proxy's, has no address.
        case couldNotResolve(name: String)
        /// Nobody listens there.
        case refused
        /// No connection for another reason: no route, closed during the TLS handshake.
        case couldNotConnect(why: String)
        /// The TLS layer does not accept the other side (certificate, protocol version), or the other side us.
        case tls(why: String)
        /// The proxy answered CONNECT with `status`.
        case proxyRefused(status: Int)
        /// Nothing, or no end, within `limit`.
        case timedOut(Phase, limit: Duration)
        /// The connection was closed or reset after the request, or part of it, was sent and before an answer began.
        case closedWithoutAnswer
        /// An answer began and is not HTTP, or not whole.
        case brokenAnswer(why: String)
        /// The answer's body is longer than `limit` bytes.
        case answerTooLarge(limit: Int)
        /// The stop descriptor became readable; the exchange was abandoned.
        case interrupted
        /// Anything else that curl reports, by its number.
        case other(code: Int, text: String)
    }

    /// What a time-out waited for.
    public enum Phase: Equatable, Sendable {
        /// The name, the connection, the proxy, the TLS handshake.
        case connecting
        /// The end of the answer.
        case answer
    }

    /// `host:port` of the URL, without path, query or user; `URL` when there is none.
    public let peer: String
    /// What happened.
    public let fact: Fact
    /// Whether a connection was ready and bytes of the request may have reached the other side.
    ///
    /// False means that it certainly did nothing: a charge for this request can be taken back.
    public let requestMayHaveBeenSent: Bool

    /// An error as the transport would throw it.
    public init(peer: String, fact: Fact, requestMayHaveBeenSent: Bool) {
        self.peer = peer
        self.fact = fact
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
    }

    init(badURL why: String) {
        self.init(peer: "URL", fact: .badURL(why: why), requestMayHaveBeenSent: false)
    }
}

extension HTTPError: CustomStringConvertible {
    /// `host:port: what: why`, on one line, without advice.
    public var description: String {
        "\(peer): \(fact)"
    }
}

extension HTTPError.Fact: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .badURL(let why): "not usable: \(why)"
        case .badHeader(let name, let why): "header not usable: \(name): \(why)"
        case .couldNotResolve(let name): "cannot connect: no address for \(name)"
        case .refused: "cannot connect: connection refused"
        case .couldNotConnect(let why): "cannot connect: \(why)"
        case .tls(let why): "TLS: \(why)"
        case .proxyRefused(let status): "cannot connect: the proxy answered \(status)"
        case .timedOut(.connecting, let limit): "timed out: no connection within \(limit.inSeconds)"
        case .timedOut(.answer, let limit): "timed out: no complete answer within \(limit.inSeconds)"
        case .closedWithoutAnswer: "no answer: connection closed after the request was sent"
        case .brokenAnswer(let why): "broken answer: \(why)"
        case .answerTooLarge(let limit): "answer too large: more than \(limit) bytes"
        case .interrupted: "interrupted: stopped before the answer was complete"
        case .other(let code, let text): "curl error \(code): \(text)"
        }
    }
}

extension Duration {
    /// `30 s` or `0.5 s`, to the tenth: a limit that was cut short by another one has digits that tell nobody anything.
    package var inSeconds: String {
        let (seconds, attoseconds) = (self + .milliseconds(50)).components
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
