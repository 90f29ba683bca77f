import CCurl
import Glibc

/// Where a URL leads: what a connection needs, and nothing that could be secret.
public struct Endpoint: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// A name or an address as curl will connect to it: `127.1` is `127.0.0.1`, an IPv6 address has no brackets.
    public let host: String
    /// The URL's port, or the scheme's own.
    public let port: Int
    /// The URL's path, percent-encoded as it was; at least `/`.
    public let path: String

    /// Takes `url` apart by curl's own parser, so that what is checked here is what curl connects to.
    ///
    /// Throws `HTTPError.Fact.badURL` unless it is an absolute http or https URL with a host and without a user name or
    /// password: those would end up in messages and journals, a header does the same in private.
    public init(url: String) throws(HTTPError) {
        guard !url.utf8.contains(0) else {
            throw HTTPError(badURL: "contains a NUL byte")
        }
        guard let parts = curl_url() else {
            throw HTTPError(badURL: "out of memory")
        }
        // Invariant: `parts` is ours alone and lives until the end of this initialiser; curl copies `url` into it.
        defer { curl_url_cleanup(parts) }
        let code = curl_url_set(parts, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else {
            throw HTTPError(badURL: Self.reason(code))
        }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: parts), scheme == "http" || scheme == "https" else {
            throw HTTPError(badURL: "neither http nor https")
        }
        // curl takes one slash or three for two: `http:///hook` would go to a host called `hook`.
        guard url.dropFirst(scheme.count).hasPrefix("://"), !url.dropFirst(scheme.count).hasPrefix(":///") else {
            throw HTTPError(badURL: "no host")
        }
        guard Self.part(CURLUPART_USER, of: parts) == nil, Self.part(CURLUPART_PASSWORD, of: parts) == nil else {
            throw HTTPError(badURL: "contains a user name or password")
        }
        guard let host = Self.part(CURLUPART_HOST, of: parts), !host.isEmpty else {
            throw HTTPError(badURL: "no host")
        }
        guard let text = Self.part(CURLUPART_PORT, of: parts, flags: UInt32(CURLU_DEFAULT_PORT)),
            let port = Int(text), port > 0
        else {
            throw HTTPError(badURL: "no port")
        }
        self.scheme = scheme
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        path = Self.part(CURLUPART_PATH, of: parts) ?? "/"
    }

    /// Whether nobody outside this machine sees what is sent: 127.0.0.0/8, ::1 or `localhost`.
    ///
    /// The text decides and no resolver is asked, so a name that resolves to 127.0.0.1 today is not loopback.
    public var isLoopback: Bool {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            return UInt32(bigEndian: four.s_addr) >> 24 == 127
        }
        var six = in6_addr()
        if inet_pton(AF_INET6, host, &six) == 1 {
            return withUnsafeBytes(of: &six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
        }
        return host.lowercased() == "localhost"
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, part, &text, flags) == CURLUE_OK, let text else {
            return nil
        }
        // Invariant: curl ended `text` with a NUL and gave it to us; it is copied before it is freed.
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func reason(_ code: CURLUcode) -> String {
        switch code {
        case CURLUE_BAD_SCHEME, CURLUE_UNSUPPORTED_SCHEME: "neither http nor https"
        case CURLUE_BAD_PORT_NUMBER: "bad port number"
        case CURLUE_NO_HOST, CURLUE_BAD_HOSTNAME: "bad host name"
        default: String(cString: curl_url_strerror(code))
        }
    }
}

extension Endpoint: CustomStringConvertible {
    /// `host:port`, with brackets around an IPv6 address.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
