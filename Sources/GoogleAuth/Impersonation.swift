import HTTP
import NDJSON

/// A service account in whose name another account asks, by the IAM Credentials API.
struct Impersonation {
    /// What the other account's token has to be good for.
    static let scope = "https://www.googleapis.com/auth/iam"

    private static let method = ":generateAccessToken"
    private let url: String
    private let delegates: [String]
    private let lifetime: Int64

    /// What `gcloud auth application-default login --impersonate-service-account` writes.
    init(_ file: CredentialsFile) throws(CredentialsError) {
        try self.init(file, delegates: file.texts("delegates"), lifetime: nil)
    }

    /// The service account behind an external account.
    init(external file: CredentialsFile) throws(CredentialsError) {
        let options = try file.optionalObject("service_account_impersonation")
        try self.init(file, delegates: [], lifetime: options?.optionalInteger("token_lifetime_seconds"))
    }

    private init(_ file: CredentialsFile, delegates: [String], lifetime: Int64?) throws(CredentialsError) {
        let field = "service_account_impersonation_url"
        url = try file.url(field, of: .iamCredentials)
        guard url.hasSuffix(Impersonation.method) else {
            throw file.bad(field, "does not end in \(Impersonation.method)")
        }
        self.delegates = delegates
        // Source: cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken.
        guard (600...43_200).contains(lifetime ?? 3600) else {
            throw file.bad("service_account_impersonation.token_lifetime_seconds", "not within 600 and 43200")
        }
        self.lifetime = lifetime ?? 3600
    }

    /// The account's address stands at the end of the URL.
    var name: AccountName {
        let last = url.dropLast(Impersonation.method.utf8.count).split(separator: "/").last
        return AccountName(kind: .impersonation, name: last.map(String.init) ?? "")
    }

    func accessToken(scope: String, with token: Token, _ service: TokenService) throws -> Token {
        let answer = try ask(url, token, service) {
            $0.key("scope")
            $0.array { $0.value(scope) }
            $0.member("lifetime", "\(lifetime)s")
        }
        let end = answer.value["expireTime"]?.string.flatMap { Timestamp(text: $0.utf8) }
        guard let end else { throw CredentialsError.unexpected(account: "\(name)", what: "expireTime: not a time") }
        let seconds = max(0, min(end.unixSeconds - answer.servedAt, 86_400))
        return Token(text: try answer.text("accessToken"), lifetime: .seconds(seconds))
    }

    func idToken(audience: String, with token: Token, _ service: TokenService) throws -> Token {
        let url = String(url.dropLast(Impersonation.method.utf8.count)) + ":generateIdToken"
        let answer = try ask(url, token, service) {
            $0.member("audience", audience)
            // Without it the other side learns a number and not a name.
            $0.member("includeEmail", true)
        }
        return try answer.idToken("token")
    }

    private func ask(
        _ url: String, _ token: Token, _ service: TokenService, _ members: (inout JSONText) -> Void
    ) throws -> JSONAnswer {
        var body = JSONText()
        body.object {
            $0.key("delegates")
            $0.array { for delegate in delegates { $0.value(delegate) } }
            members(&$0)
        }
        return try service.object(.json(url, body.bytes, bearer: token), for: name)
    }
}
