import HTTP
import NDJSON

/// Somebody whom another identity provider knows: its token is exchanged for one of Google's.
struct ExternalAccount {
    private let audience: String
    private let subjectTokenType: String
    private let tokenURL: String
    private let source: SubjectTokenSource
    private let client: (id: String, secret: String)?
    private let workforceProject: String?

    /// Source of the field names: google.aip.dev/auth/4117.
    init(_ file: CredentialsFile) throws(CredentialsError) {
        audience = try file.text("audience")
        subjectTokenType = try file.text("subject_token_type")
        tokenURL = try file.url("token_url", of: .securityTokens)
        source = try SubjectTokenSource(try file.object("credential_source"))
        client = try file.optional("client_id").map { (id) throws(CredentialsError) in
            (id, try file.optional("client_secret") ?? "")
        }
        workforceProject = try file.optional("workforce_pool_user_project")
        guard workforceProject == nil || audience.contains("/workforcePools/") else {
            throw file.bad("workforce_pool_user_project", "only for a workforce pool, which audience does not name")
        }
    }

    /// The last two parts of the audience: `providers/github`.
    var name: AccountName {
        AccountName(kind: .federation, name: audience.split(separator: "/").suffix(2).joined(separator: "/"))
    }

    /// Source: cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token.
    func accessToken(scope: String, _ service: TokenService) throws -> Token {
        var fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("audience", audience),
            ("scope", scope), ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token", try source.token(for: name, service)), ("subject_token_type", subjectTokenType),
        ]
        // A client that proves itself has a project of its own.
        if let workforceProject, client == nil {
            var options = JSONText()
            options.object { $0.member("userProject", workforceProject) }
            fields.append(("options", options.string))
        }
        let proof = client.map { [Request.Header.basic($0.id, $0.secret)] } ?? []
        return try service.object(.form(tokenURL, fields, headers: proof), for: name).accessToken()
    }
}

/// Where the other provider's token is found. It is read anew each time, since it lives for minutes.
struct SubjectTokenSource {
    private enum Place {
        case file(path: String)
        case url(String, headers: [Request.Header])
    }
    private let place: Place
    /// The member that holds the token; nil when it is all of the text.
    private let field: String?

    init(_ file: CredentialsFile) throws(CredentialsError) {
        for (field, name) in [
            ("environment_id", "external_account from AWS"), ("executable", "external_account by an executable"),
            ("certificate", "external_account by a certificate"),
        ] where file.has(field) {
            throw file.unsupported(name)
        }
        switch (try file.optional("file"), file.has("url")) {
        case (let path?, false): place = .file(path: path)
        case (nil, true):
            let headers = try file.optionalObject("headers")?.headers() ?? []
            place = .url(try file.tokenSourceURL("url"), headers: headers)
        default: throw file.bad("file, url", "one of them has to be there")
        }
        let format = try file.optionalObject("format")
        switch try format?.optional("type") ?? "text" {
        case "text": field = nil
        case "json": field = try format?.text("subject_token_field_name")
        default: throw file.bad("format.type", "neither text nor json")
        }
    }

    /// The token as it is now.
    func token(for account: AccountName, _ service: TokenService) throws -> String {
        let text: [UInt8]
        let origin: String
        switch place {
        case .file(let path):
            origin = path
            switch service.edge.contents(path) {
            case .bytes(let bytes): text = bytes
            case .absent: throw CredentialsError.unreadable(why: "\(path): subject token: no such file")
            case .unreadable(let why): throw CredentialsError.unreadable(why: why)
            }
        case .url(let url, let headers):
            origin = "credential_source"
            text = try service.response(Request(.get, url, headers: headers), for: account).body
        }
        guard let token = token(in: text), Token.isPlain(token) else {
            let what = field.map { "not a JSON object with a token in \($0)" } ?? "not one token"
            throw CredentialsError.badField(path: origin, field: "subject token", why: what)
        }
        return token
    }

    private func token(in text: [UInt8]) -> String? {
        if let field { return (try? JSONValue(parsing: text))?[field]?.string }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
        return String(decoding: text[..<end].drop(while: isBlank), as: UTF8.self)
    }
}
