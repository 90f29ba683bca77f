// Application Default Credentials: what Google's own tools use when nobody says otherwise. It promises:
// (1) What is named is used or refused, never passed over for the next place.
// (2) No secret is in an error or a description.
// (3) A secret goes to hosts of googleapis.com with https, or stays on this machine.
import HTTP

/// The credentials of a run, and the tokens that they give.
///
/// A class (rule 10): whoever holds it shares its tokens.
public final class Credentials {
    /// What a token for BigQuery is good for; queries that only read need it too.
    public static let bigQueryScope = "https://www.googleapis.com/auth/bigquery"

    /// Kind, account and where they were found, for messages.
    public let description: String
    /// The project whose API quota counts, when the credentials name one.
    public let quotaProject: String?

    private let account: Account
    private let fileProject: String?
    private let service: TokenService
    private let scope: String
    private var accessTokens = TokenCache()
    private var idTokens = TokenCache()
    private var idTokenAudience = ""

    private init(
        _ account: Account, origin: String, project: String?, quotaProject: String?, scope: String,
        _ service: TokenService
    ) {
        self.account = account
        description = "\(account.name), \(origin)"
        fileProject = project
        self.quotaProject = quotaProject
        self.scope = scope
        self.service = service
    }

    /// Looks for credentials: the file that GOOGLE_APPLICATION_CREDENTIALS names, the file that gcloud keeps, the
    /// metadata server. Throws `CredentialsError`, and what waiting throws.
    ///
    /// Source: cloud.google.com/docs/authentication/application-default-credentials.
    public static func find(scope: String = bigQueryScope, _ edge: CredentialsEdge) throws -> Credentials {
        let service = TokenService(edge)
        let variable = "GOOGLE_APPLICATION_CREDENTIALS"
        if let path = edge.variable(variable) {
            guard let found = try load(path, variable, scope, service) else {
                throw CredentialsError.unreadable(why: "\(variable): \(path): no such file")
            }
            return found
        }
        var searched = [variable]
        if let path = wellKnownPath(edge) {
            if let found = try load(path, "gcloud", scope, service) { return found }
            searched.append(path)
        }
        if edge.variable("NO_GCE_CHECK")?.lowercased() != "true" {
            let host = edge.variable("GCE_METADATA_HOST")
            let server = MetadataServer(host: host)
            // Asked for only where nobody named it: elsewhere the first question for a token says what is wrong.
            if try host != nil || server.isThere(service) {
                return Credentials(
                    .metadata(server), origin: host == nil ? "of this machine" : "GCE_METADATA_HOST", project: nil,
                    quotaProject: nil, scope: scope, service)
            }
            searched.append("the metadata server at \(MetadataServer.address)")
        }
        throw CredentialsError.none(searched: searched)
    }

    /// The credentials in a file; nil where there is none.
    private static func load(
        _ path: String, _ origin: String, _ scope: String, _ service: TokenService
    ) throws -> Credentials? {
        switch service.edge.contents(path) {
        case .absent: return nil
        case .unreadable(let why): throw CredentialsError.unreadable(why: why)
        case .bytes(let bytes):
            let file = try CredentialsFile(bytes, path: path)
            return Credentials(
                try Account(file), origin: "\(path) (\(origin))", project: try file.optional("project_id"),
                quotaProject: try file.optional("quota_project_id"), scope: scope, service)
        }
    }

    private static func wellKnownPath(_ edge: CredentialsEdge) -> String? {
        let folder = edge.variable("CLOUDSDK_CONFIG") ?? edge.variable("HOME").map { "\($0)/.config/gcloud" }
        return folder.map { "\($0)/application_default_credentials.json" }
    }

    /// The project that the credentials belong to; nil where they do not say. The metadata server is asked for it.
    public func project() throws -> String? {
        if case .metadata(let server) = account { return try server.project(service) }
        return fileProject
    }

    /// A token for the API. `refused` is one that the API did not take: it is replaced. Throws `CredentialsError`.
    public func accessToken(refused: String? = nil) throws -> String {
        try accessTokens.token(refused: refused, now: service.edge.monotonicTime) {
            try account.accessToken(scope: scope, service)
        }
    }

    /// A token that tells `audience`, usually a service's URL, who we are. Throws `CredentialsError`.
    public func idToken(audience: String, refused: String? = nil) throws -> String {
        if audience != idTokenAudience { idTokens = TokenCache() }
        idTokenAudience = audience
        return try idTokens.token(refused: refused, now: service.edge.monotonicTime) {
            try account.idToken(audience: audience, service)
        }
    }
}
