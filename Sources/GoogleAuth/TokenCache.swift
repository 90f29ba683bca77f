/// One token, kept until shortly before it ends.
struct TokenCache {
    private struct Entry {
        let text: String
        let refreshAt: Duration
        let endsAt: Duration
    }
    private var entry: Entry?

    /// Before its end by this much a token is replaced. Source: google-auth's REFRESH_THRESHOLD.
    static let margin = Duration.seconds(225)

    /// The token that is kept, or a new one when that is `refused` or about to end.
    ///
    /// - Parameter now: A clock that nobody sets.
    /// - Parameter fetch: Asks for a new one. When only the service is down, a token that is still good stays.
    mutating func token(
        refused: String?, now: () -> Duration, fetch: () throws -> Token
    ) throws -> String {
        let start = now()
        if let entry, entry.text != refused, start < entry.refreshAt { return entry.text }
        do {
            let token = try fetch()
            // The margin of a token that lives shorter than that would be used up at once.
            let refreshAt = start + max(token.lifetime - TokenCache.margin, token.lifetime / 2)
            entry = Entry(text: token.text, refreshAt: refreshAt, endsAt: start + token.lifetime)
            return token.text
        } catch let error as CredentialsError where error.mayPass {
            guard let entry, entry.text != refused, now() < entry.endsAt else { throw error }
            return entry.text
        }
    }
}

extension CredentialsError {
    /// Whether the same request may succeed later.
    fileprivate var mayPass: Bool {
        switch self {
        case .unreachable, .unavailable, .askedToWait, .unexpected: true
        case .none, .unreadable, .notJSON, .missing, .badField, .unsupported, .foreignHost, .universe, .noIDToken,
            .untrusted, .unusable, .interrupted, .refused:
            false
        }
    }
}
