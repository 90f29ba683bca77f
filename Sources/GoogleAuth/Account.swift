import HTTP
import NDJSON

/// Who asks for tokens, and how.
indirect enum Account {
    case serviceAccount(ServiceAccount)
    case user(UserLogin)
    case federation(ExternalAccount)
    case impersonation(Impersonation, by: Account)
    case metadata(MetadataServer)

    /// The account that a file describes. Throws `CredentialsError` for what is missing, wrong, or not to be trusted.
    init(_ file: CredentialsFile) throws(CredentialsError) {
        if let universe = try file.optional("universe_domain"), universe != "googleapis.com" {
            throw .universe(path: file.path, Excerpt(universe))
        }
        switch try file.text("type") {
        case "service_account": self = .serviceAccount(try ServiceAccount(file))
        case "authorized_user": self = .user(try UserLogin(file))
        case "external_account_authorized_user": self = .user(try UserLogin(workforce: file))
        case "external_account":
            let account = Account.federation(try ExternalAccount(file))
            let isDirect = try file.optional("service_account_impersonation_url") == nil
            self = isDirect ? account : .impersonation(try Impersonation(external: file), by: account)
        case "impersonated_service_account":
            let source = try Account(try file.object("source_credentials"))
            self = .impersonation(try Impersonation(file), by: source)
        case let other: throw file.unsupported(other)
        }
    }

    /// Who it is, for messages.
    var name: AccountName {
        switch self {
        case .serviceAccount(let account): account.name
        case .user(let login): login.name
        case .federation(let account): account.name
        case .impersonation(let impersonation, _): impersonation.name
        case .metadata(let server): server.name
        }
    }

    /// A token for the API that `scope` stands for.
    func accessToken(scope: String, _ service: TokenService) throws -> Token {
        switch self {
        case .serviceAccount(let account): try account.accessToken(scope: scope, service)
        case .user(let login): try login.accessToken(service)
        case .federation(let account): try account.accessToken(scope: scope, service)
        case .impersonation(let impersonation, let source):
            try impersonation.accessToken(
                scope: scope, with: source.accessToken(scope: Impersonation.scope, service), service)
        case .metadata(let server): try server.accessToken(scope: scope, service)
        }
    }

    /// A token that tells `audience` who we are.
    func idToken(audience: String, _ service: TokenService) throws -> Token {
        switch self {
        case .serviceAccount(let account): return try account.idToken(audience: audience, service)
        case .impersonation(let impersonation, let source):
            let token = try source.accessToken(scope: Impersonation.scope, service)
            return try impersonation.idToken(audience: audience, with: token, service)
        case .metadata(let server): return try server.idToken(audience: audience, service)
        // A login's ID token is made out to the program that logged in, and an exchanged token has none beside it.
        case .user, .federation:
            throw CredentialsError.noIDToken(account: "\(name)", name.kind)
        }
    }
}

extension Request {
    /// A form, as OAuth's token endpoints take it.
    static func form(_ url: String, _ fields: [(String, String)], headers: [Header] = []) -> Request {
        let text = fields.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        return Request(
            .post, url, headers: headers + [Header("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(text.utf8))
    }

    /// A JSON object, as Google's APIs take it.
    static func json(_ url: String, _ body: [UInt8], bearer token: Token) -> Request {
        Request(
            .post, url,
            headers: [Header("Authorization", "Bearer \(token.text)"), Header("Content-Type", "application/json")],
            body: body)
    }
}
