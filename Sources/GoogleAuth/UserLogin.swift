import HTTP

/// A person's login, as gcloud keeps it: a refresh token that gives access tokens.
struct UserLogin {
    private let clientID: String
    private let clientSecret: String
    private let refreshToken: String
    private let tokenURL: String
    /// Whether the client proves itself in a header, as the Security Token Service wants it, or in the form.
    private let isWorkforce: Bool

    /// What `gcloud auth application-default login` writes for a Google account.
    init(_ file: CredentialsFile) throws(CredentialsError) {
        clientID = try file.text("client_id")
        clientSecret = try file.text("client_secret")
        refreshToken = try file.text("refresh_token")
        // Files of users have none; tests and old files do.
        tokenURL = file.has("token_uri") ? try file.url("token_uri", of: .oauth) : "https://oauth2.googleapis.com/token"
        isWorkforce = false
    }

    /// What it writes for a workforce identity, `external_account_authorized_user`.
    init(workforce file: CredentialsFile) throws(CredentialsError) {
        clientID = try file.text("client_id")
        clientSecret = try file.text("client_secret")
        refreshToken = try file.text("refresh_token")
        tokenURL = try file.url("token_url", of: .securityTokens)
        isWorkforce = true
    }

    /// Such a file does not say whose login it is.
    var name: AccountName { AccountName(kind: .user, name: "login") }

    /// The login fixed the scopes: none is asked for.
    func accessToken(_ service: TokenService) throws -> Token {
        let grant = [("grant_type", "refresh_token"), ("refresh_token", refreshToken)]
        let request =
            isWorkforce
            ? Request.form(tokenURL, grant, headers: [.basic(clientID, clientSecret)])
            : Request.form(tokenURL, grant + [("client_id", clientID), ("client_secret", clientSecret)])
        return try service.object(request, for: name).accessToken()
    }
}

extension Request.Header {
    /// A client that proves itself. Source: RFC 7617.
    static func basic(_ name: String, _ secret: String) -> Request.Header {
        Request.Header("Authorization", "Basic \(Base64.encoded("\(name):\(secret)".utf8))")
    }
}
