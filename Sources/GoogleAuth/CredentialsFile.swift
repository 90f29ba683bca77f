import HTTP
import NDJSON

/// The fields of a file of credentials, or of the object inside it that is one.
struct CredentialsFile {
    /// Where it stood, for messages.
    let path: String
    private let object: JSONValue
    /// `source_credentials.`, say; empty at the top.
    private let prefix: String

    /// All of a file. Throws `CredentialsError.notJSON`.
    init(_ bytes: [UInt8], path: String) throws(CredentialsError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch {
            guard case .syntax(_, let column) = error else { throw .notJSON(path: path, column: nil) }
            throw .notJSON(path: path, column: column)
        }
        guard value.kind == .object else { throw .notJSON(path: path, column: nil) }
        self.init(value, path: path, prefix: "")
    }

    private init(_ object: JSONValue, path: String, prefix: String) {
        self.object = object
        self.path = path
        self.prefix = prefix
    }

    /// The value of `field`; nil where it is absent, null or empty.
    func optional(_ field: String) throws(CredentialsError) -> String? {
        guard let value = object[field], value.kind != .null else { return nil }
        guard let text = value.string else { throw bad(field, "not a string") }
        return text.isEmpty ? nil : text
    }

    /// The value of `field`, which has to be there.
    func text(_ field: String) throws(CredentialsError) -> String {
        guard let text = try optional(field) else { throw .missing(path: path, field: prefix + field) }
        return text
    }

    /// The object in `field`; nil where it is absent or null.
    func optionalObject(_ field: String) throws(CredentialsError) -> CredentialsFile? {
        guard let value = object[field], value.kind != .null else { return nil }
        guard value.kind == .object else { throw bad(field, "not an object") }
        return CredentialsFile(value, path: path, prefix: "\(prefix)\(field).")
    }

    /// The object in `field`, which has to be there.
    func object(_ field: String) throws(CredentialsError) -> CredentialsFile {
        guard let object = try optionalObject(field) else { throw .missing(path: path, field: prefix + field) }
        return object
    }

    /// The integer in `field`; nil where it is absent.
    func optionalInteger(_ field: String) throws(CredentialsError) -> Int64? {
        guard let value = object[field], value.kind != .null else { return nil }
        guard let number = value.integer else { throw bad(field, "not an integer") }
        return number
    }

    /// The strings in the array `field`; none where it is absent.
    func texts(_ field: String) throws(CredentialsError) -> [String] {
        guard let value = object[field], value.kind != .null else { return [] }
        let texts = value.elements.compactMap(\.string)
        guard value.kind == .array, texts.count == value.elements.count else {
            throw bad(field, "not a list of strings")
        }
        return texts
    }

    /// The members of this object as header lines.
    func headers() throws(CredentialsError) -> [Request.Header] {
        try members().map { Request.Header($0.name, $0.value) }
    }

    private func members() throws(CredentialsError) -> [(name: String, value: String)] {
        var members: [(String, String)] = []
        try object.forEachMember { (name, value) throws(CredentialsError) in
            guard let text = value.string else { throw bad(name, "not a string") }
            members.append((name, text))
        }
        return members
    }

    /// Whether `field` is there, whatever it is.
    func has(_ field: String) -> Bool { object[field] != nil }

    /// An address that gets a secret: Google's `service` with https, or this machine.
    ///
    /// Files of credentials come from outside, and one that names another host would have us send it what opens all doors.
    func url(_ field: String, of service: GoogleService) throws(CredentialsError) -> String {
        let url = try text(field)
        let endpoint = try self.endpoint(url, field)
        guard service.isAt(endpoint) || endpoint.isLoopback else { throw foreign(field, endpoint, service) }
        return url
    }

    /// An address that gives a token of somebody else: any host with https, this machine, or the link-local address at
    /// which clouds answer their machines.
    func tokenSourceURL(_ field: String) throws(CredentialsError) -> String {
        let url = try text(field)
        let endpoint = try self.endpoint(url, field)
        guard endpoint.scheme == "https" || endpoint.isLoopback || endpoint.host == MetadataServer.address else {
            throw bad(field, "not encrypted, and on another machine")
        }
        return url
    }

    /// What is wrong with `field`.
    func bad(_ field: String, _ why: String) -> CredentialsError {
        .badField(path: path, field: prefix + field, why: why)
    }

    /// Credentials that we do not know how to use.
    func unsupported(_ what: String) -> CredentialsError { .unsupported(path: path, what: Excerpt(what)) }

    private func foreign(_ field: String, _ endpoint: Endpoint, _ service: GoogleService) -> CredentialsError {
        let host = Excerpt("\(endpoint.scheme)://\(endpoint)")
        return .foreignHost(
            path: path, field: prefix + field, host: host, expected: "\(service.rawValue).googleapis.com")
    }

    private func endpoint(_ url: String, _ field: String) throws(CredentialsError) -> Endpoint {
        do { return try Endpoint(url: url) } catch { throw bad(field, "\(error)") }
    }
}

/// The services of Google that get secrets of ours.
enum GoogleService: String {
    case oauth = "oauth2"
    case securityTokens = "sts"
    case iamCredentials = "iamcredentials"

    /// Whether the service is at `endpoint`: under its own name, or a region's, a private one's, the one for mutual TLS.
    ///
    /// Any other host of googleapis.com would not do: storage.googleapis.com keeps what is posted to a bucket for whoever
    /// owns that.
    func isAt(_ endpoint: Endpoint) -> Bool {
        guard endpoint.scheme == "https" else { return false }
        let host = endpoint.host.lowercased()
        switch self {
        // Where keys from before 2018 say that tokens are.
        case .oauth where host == "accounts.google.com": return endpoint.path == "/o/oauth2/token"
        case .oauth where host == "www.googleapis.com": return endpoint.path == "/oauth2/v4/token"
        default: break
        }
        return host == "\(rawValue).googleapis.com"
            || host.hasPrefix("\(rawValue).") && host.hasSuffix(".rep.googleapis.com")
            || host == "\(rawValue).mtls.googleapis.com"
            || host.hasPrefix("\(rawValue)-") && host.hasSuffix(".p.googleapis.com")
    }
}
