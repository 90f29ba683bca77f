public import HTTP
public import NDJSON

/// Why there is no token. Facts here, words below; none of them holds a key, a token or an assertion.
public enum CredentialsError: Error, Equatable {
    // MARK: What is on this machine

    /// No file, and no metadata server, where credentials are looked for.
    case none(searched: [String])
    /// A file that was named, or is there, cannot be read.
    case unreadable(why: String)
    /// A file is no JSON object; what it is instead is not shown.
    case notJSON(path: String, column: Int?)
    /// A field has to be there and is not, or is empty.
    case missing(path: String, field: String)
    /// A field is not what it should be. Its value may be a secret and is not part of this.
    case badField(path: String, field: String, why: String)
    /// A type, or a way to a subject token, that we do not know.
    case unsupported(path: String, what: Excerpt)
    /// A secret would go to a host that it is not for.
    case foreignHost(path: String, field: String, host: Excerpt, expected: String)
    /// Credentials of another cloud than googleapis.com.
    case universe(path: String, Excerpt)
    /// Credentials of this kind have no ID tokens for an audience.
    case noIDToken(account: String, CredentialsKind)

    // MARK: What services say

    /// No exchange came to its end, however often it was tried.
    case unreachable(HTTPError, attempts: Int)
    /// The TLS layer does not accept the other side, or the other side us.
    case untrusted(HTTPError)
    /// The address, or a header that goes there, cannot be used.
    case unusable(HTTPError)
    /// The exchange was abandoned, since the run has to end.
    case interrupted
    /// The service gives us no token.
    case refused(TokenFault)
    /// A fault of the service that was still there after the last attempt.
    case unavailable(TokenFault, attempts: Int)
    /// The service asks for a longer wait than a run waits.
    case askedToWait(TokenFault, Duration)
    /// The answer is not what its documentation says.
    case unexpected(account: String, what: String)
}

/// What sort of account asks.
public enum CredentialsKind: Equatable, Sendable {
    /// A key of a service account.
    case serviceAccount
    /// The login of a person, or of a workforce.
    case user
    /// A service account in whose name another account asks.
    case impersonation
    /// A token of somebody else, exchanged by Google's Security Token Service.
    case federation
    /// The account of the machine.
    case metadata
}

/// What a service says to a request for a token.
public struct TokenFault: Error, Equatable {
    /// Who asked, as `service account backfill@example.iam.gserviceaccount.com`.
    public let account: String
    /// What sort of account that is.
    public let kind: CredentialsKind
    /// Who answered, `host:port`.
    public let peer: String
    /// The HTTP status.
    public let status: Int
    /// The service's own word for it, as `invalid_grant`; empty when the body had none.
    public let code: String
    /// The beginning of its message.
    public let message: Excerpt
    /// By how many seconds our clock is ahead of the service's; nil when they agree to the minute, or it does not say.
    public let clockAhead: Int64?

    /// A fault as an answer would have it.
    public init(
        account: String, kind: CredentialsKind, peer: String, status: Int, code: String, message: Excerpt,
        clockAhead: Int64? = nil
    ) {
        self.account = account
        self.kind = kind
        self.peer = peer
        self.status = status
        self.code = code
        self.message = message
        self.clockAhead = clockAhead
    }
}

extension CredentialsError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .none(let searched): "credentials: none: looked for \(searched.joined(separator: ", "))"
        case .unreadable(let why): why
        case .notJSON(let path, let column?): "\(path): not credentials: no JSON from column \(column) on"
        case .notJSON(let path, nil): "\(path): not credentials: not a JSON object"
        case .missing(let path, let field): "\(path): \(field): missing"
        case .badField(let path, let field, let why): "\(path): \(field): \(why)"
        case .unsupported(let path, let what): "\(path): not supported: credentials of type \(what)"
        case .foreignHost(let path, let field, let host, let expected):
            "\(path): \(field): not trusted with a secret: \(host) is not https://\(expected)"
        case .universe(let path, let universe): "\(path): universe_domain: not googleapis.com: \(universe)"
        case .noIDToken(let account, let kind): "\(account): no ID token: \(kind) credentials cannot get one"
        case .unreachable(let error, let attempts): "\(error)\(CredentialsError.tried(attempts))"
        case .untrusted(let error), .unusable(let error): "\(error)"
        case .interrupted: "credentials: interrupted"
        case .refused(let fault): "\(fault.account): refused: \(fault.words)"
        case .unavailable(let fault, let attempts):
            "\(fault.account): no token: \(fault.words)\(CredentialsError.tried(attempts))"
        case .askedToWait(let fault, let pause):
            "\(fault.account): no token: \(fault.peer) asks to wait \(pause.components.seconds) s: \(fault.words)"
        case .unexpected(let account, let what): "\(account): unexpected answer: \(what)"
        }
    }

    private static func tried(_ attempts: Int) -> String {
        attempts == 1 ? "" : " (tried \(attempts) times)"
    }
}

extension CredentialsKind: CustomStringConvertible {
    /// As it stands before an account's name.
    public var description: String {
        switch self {
        case .serviceAccount: "service account"
        case .user: "user"
        case .impersonation: "impersonated service account"
        case .federation: "external account"
        case .metadata: "metadata server"
        }
    }
}

extension TokenFault {
    /// The message, how the service classes it, and what is wrong with our clock.
    fileprivate var words: String {
        let codes = [code, "HTTP \(status)"].filter { !$0.isEmpty }.joined(separator: ", ")
        let clock =
            clockAhead.map {
                "; the clock here is \(TokenFault.span($0.magnitude)) \($0 > 0 ? "ahead of" : "behind") \(peer)'s"
            } ?? ""
        return "\(message) (\(codes))\(clock)"
    }

    private static func span(_ seconds: UInt64) -> String {
        switch seconds {
        case ..<7200: "\(seconds / 60)m\(seconds % 60)s"
        case ..<172_800: "\(seconds / 3600)h\(seconds / 60 % 60)m"
        default: "\(seconds / 86_400)d\(seconds / 3600 % 24)h"
        }
    }
}
