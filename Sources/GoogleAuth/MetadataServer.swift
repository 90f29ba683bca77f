import HTTP

/// What gives tokens to programs that run on Google Cloud: the account of their machine.
struct MetadataServer {
    /// Where every cloud answers its own machines. No name is asked for: a resolver could point it elsewhere.
    static let address = "169.254.169.254"

    private static let flavor = Request.Header("Metadata-Flavor", "Google")
    private let base: String
    private let host: String

    /// The server at `host` (`name` or `name:port`), or the one at the link-local address.
    init(host: String?) {
        self.host = host ?? MetadataServer.address
        base = "http://\(self.host)"
    }

    var name: AccountName { AccountName(kind: .metadata, name: host) }

    /// Whether such a server is there: an answer that does not carry the header came from something else, as a proxy or
    /// the router of a café.
    func isThere(_ service: TokenService) throws -> Bool {
        var request = Request(.get, "\(base)/", headers: [MetadataServer.flavor], timeout: .seconds(1))
        request.connectTimeout = .seconds(1)
        do { return isMetadata(try service.response(request, for: name, attempts: 1)) } catch let error
            as CredentialsError
        {
            switch error {
            case .unreachable, .unavailable, .refused, .askedToWait: return false
            default: throw error
            }
        }
    }

    /// The project of the machine; nil when it does not say.
    func project(_ service: TokenService) throws -> String? {
        let text = String(decoding: try ask("project/project-id", [], service).body, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    func accessToken(scope: String, _ service: TokenService) throws -> Token {
        let response = try ask("instance/service-accounts/default/token", [("scopes", scope)], service)
        return try service.object(in: response, for: name).accessToken()
    }

    func idToken(audience: String, _ service: TokenService) throws -> Token {
        let response = try ask(
            "instance/service-accounts/default/identity", [("audience", audience), ("format", "full")], service)
        let text = String(decoding: response.body, as: UTF8.self)
        guard let token = Token(idToken: text, now: service.servedAt(response)) else {
            throw CredentialsError.unexpected(account: "\(name)", what: "identity: not a JWT")
        }
        return token
    }

    private func ask(_ path: String, _ query: [(String, String)], _ service: TokenService) throws -> Response {
        let text = query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let url = "\(base)/computeMetadata/v1/\(path)\(text.isEmpty ? "" : "?")\(text)"
        var request = Request(.get, url, headers: [MetadataServer.flavor])
        // Wherever GCE_METADATA_HOST points: it is a place beside us, and a proxy would be a stranger in between.
        request.bypassesProxy = true
        let response = try service.response(request, for: name)
        guard isMetadata(response) else {
            throw CredentialsError.unexpected(account: "\(name)", what: "no header Metadata-Flavor: Google")
        }
        return response
    }

    private func isMetadata(_ response: Response) -> Bool { response.headers["Metadata-Flavor"] == "Google" }
}
