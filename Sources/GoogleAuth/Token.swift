import NDJSON

/// What lets us in, for a while.
struct Token {
    /// The secret.
    let text: String
    /// From the moment of the answer.
    let lifetime: Duration

    init(text: String, lifetime: Duration) {
        self.text = text
        self.lifetime = lifetime
    }

    /// An ID token, which says by itself when it ends. `now` is the time of the service that gave it, in Unix seconds.
    /// Nil when it is no JWT with an `exp`.
    init?(idToken text: String, now: Int64) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, Token.isPlain(text), let claims = Base64.urlDecoded(parts[1]),
            let end = (try? JSONValue(parsing: claims))?["exp"]?.integer
        else { return nil }
        self.init(
            text: text, lifetime: .seconds(max(0, min(end.subtractingReportingOverflow(now).partialValue, 86_400))))
    }

    /// Whether a text can stand in a header, as a token: printable ASCII without blanks.
    static func isPlain(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
}

extension Token: CustomStringConvertible {
    /// Nothing of the secret.
    var description: String { "token (not shown)" }
}
