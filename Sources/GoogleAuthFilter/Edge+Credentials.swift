import Files
public import FilterKit
import Glibc
import GoogleAuth
import HTTP
import NDJSON

/// Credentials inside a filter: what goes wrong with them is a `Stop`, or the signal that interrupted it.
public struct FilterCredentials {
    private let credentials: Credentials
    private let signals: Signals

    fileprivate init(_ credentials: Credentials, _ signals: Signals) {
        self.credentials = credentials
        self.signals = signals
    }

    /// The project whose API quota counts, when the credentials name one.
    public var quotaProject: String? { credentials.quotaProject }

    /// The project that the credentials belong to, where they say.
    public func project() throws -> String? { try withStops(signals) { try credentials.project() } }

    /// A token for BigQuery; another one than `refused`, when the service did not take that.
    public func accessToken(refused: String?) throws -> String {
        try withStops(signals) { try credentials.accessToken(refused: refused) }
    }

    /// A token that tells `audience` who we are; another one than `refused`.
    public func idToken(audience: String, refused: String? = nil) throws -> String {
        try withStops(signals) { try credentials.idToken(audience: audience, refused: refused) }
    }
}

extension Edge {
    /// Finds Application Default Credentials, and says with `--verbose` which. Throws `Stop`.
    public func credentials(_ settings: Settings) throws -> FilterCredentials {
        keepSecrets()
        let signals = signals
        // Connections of its own: what serves tokens and what they are for share none.
        let transport = CurlTransport(
            userAgent: Version.userAgent, interruptedBy: signals.descriptor,
            certificateAuthorities: try certificateAuthorities())
        let edge = CredentialsEdge(
            variable: { settings[$0]?.value },
            contents: Edge.contents, monotonicTime: Clock.monotonic, wallTime: { Clock.wall().unixSeconds },
            sleep: { try signals.sleep(for: $0) }, chance: { Double.random(in: 0..<1) },
            send: { (request) throws(HTTPError) in try transport.send(request) })
        let credentials = try withStops(signals) { try Credentials.find(edge) }
        diagnostics.detail("credentials: \(credentials.description)")
        return FilterCredentials(credentials, signals)
    }

    private static func contents(of path: String) -> CredentialsEdge.Contents {
        do {
            return .bytes(try readSmallFile(path, limit: 1 << 20))
        } catch FileError.failed(_, .open, code: ENOENT), FileError.failed(_, .open, code: ENOTDIR) {
            return .absent
        } catch {
            return .unreadable(why: "\(error)")
        }
    }
}

/// Runs `body` and turns what credentials throw into what ends a filter.
private func withStops<Result>(_ signals: Signals, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as CredentialsError {
        try signals.check()
        throw Stop(error)
    }
}
