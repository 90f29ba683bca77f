import HTTP
import NDJSON

/// An account of a program, which proves itself by its private key.
struct ServiceAccount {
    private let email: String
    private let keyID: String
    private let key: SigningKey
    private let tokenURL: String

    /// Source of the field names: the key files that the Google Cloud console writes.
    init(_ file: CredentialsFile) throws(CredentialsError) {
        email = try file.text("client_email")
        keyID = try file.text("private_key_id")
        guard let key = SigningKey(pem: try file.text("private_key")) else {
            throw file.bad("private_key", "not an RSA private key in PEM")
        }
        self.key = key
        tokenURL = try file.url("token_uri", of: .oauth)
    }

    var name: AccountName { AccountName(kind: .serviceAccount, name: email) }

    func accessToken(scope: String, _ service: TokenService) throws -> Token {
        try grant("scope", scope, service).accessToken()
    }

    func idToken(audience: String, _ service: TokenService) throws -> Token {
        try grant("target_audience", audience, service).idToken("id_token")
    }

    private func grant(_ claim: StaticString, _ value: String, _ service: TokenService) throws -> JSONAnswer {
        let assertion = assertion(claim, value, at: service.edge.wallTime())
        return try service.object(
            .form(
                tokenURL, [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]),
            for: name)
    }

    /// A signed JWT. Source: developers.google.com/identity/protocols/oauth2/service-account#httprest.
    func assertion(_ claim: StaticString, _ value: String, at now: Int64) -> String {
        var header = JSONText()
        header.object {
            $0.member("alg", "RS256")
            $0.member("typ", "JWT")
            $0.member("kid", keyID)
        }
        var claims = JSONText()
        claims.object {
            $0.member("iss", email)
            $0.member(claim, value)
            // The audience is this, whatever the address: so do Google's own libraries.
            $0.member("aud", "https://oauth2.googleapis.com/token")
            $0.member("iat", now)
            $0.member("exp", now + 3600)
        }
        let message = [header, claims].map { Base64.urlEncoded($0.bytes) }.joined(separator: ".")
        return "\(message).\(Base64.urlEncoded(key.signature(of: Array(message.utf8))))"
    }
}
