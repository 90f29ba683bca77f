import Foundation
import Glibc

/// The stand-in for Google's token services of a test's own, before the BigQuery emulator that `scripts/test` started.
public final class GoogleStandIn {
    // A class, because the server has one identity, and `deinit` is what ends it.

    /// Keys, credentials of all kinds, and the log.
    public let folder: TemporaryFolder
    /// Where it listens on 127.0.0.1, as a proxy and as a metadata server.
    public let port: String
    private let process: pid_t
    private var asked = 0

    /// Starts it and returns when it listens.
    public init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let script = Run.clone.appendingPathComponent("scripts/development/local-dev/google").path
        let start = try Run(
            shell: """
                \(script) --state state --emulator "${BIGQUERY_EMULATOR_HOST:?}" >google.out 2>&1 &
                echo $!
                for ((try = 0; try < 300; try++)); do [[ -s state/port ]] && exit; sleep 0.1; done
                cat google.out >&2; exit 75
                """, in: folder.url)
        guard start.status == 0, let process = start.lines.first.flatMap(pid_t.init) else {
            throw LocalDevelopment.Failure(description: "\(script): \(start.words)")
        }
        self.process = process
        let text = try String(contentsOf: folder.url.appendingPathComponent("state/port"), encoding: .utf8)
        port = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { kill(process, SIGTERM) }

    /// What a program needs that is to use the credentials in `NAME.json`; those of the machine for nil.
    public func environment(_ name: String?) -> [String: String] {
        [
            "BIGQUERY_EMULATOR_HOST": "", "HTTPS_PROXY": "http://127.0.0.1:\(port)", "SSL_CERT_FILE": path("ca.pem"),
            "GOOGLE_APPLICATION_CREDENTIALS": name.map { path("\($0).json") } ?? "", "HOME": "/nonexistent",
            "CLOUDSDK_CONFIG": "", "GCE_METADATA_HOST": name == nil ? "127.0.0.1:\(port)" : "",
            "GOOGLE_CLOUD_PROJECT": "", "GOOGLE_CLOUD_QUOTA_PROJECT": "", "NO_GCE_CHECK": name == nil ? "" : "true",
        ]
    }

    /// A file in its folder.
    public func path(_ name: String) -> String { folder.url.appendingPathComponent("state/\(name)").path }

    /// Types `line` into a shell that uses the credentials in `NAME.json`.
    public func run(
        _ line: String, as name: String?, input: String = "", environment more: [String: String] = [:]
    ) throws -> Run {
        let environment = environment(name).merging(more) { $1 }
        return try Run(shell: line, input: Data(input.utf8), environment: environment, in: folder.url)
    }

    /// The requests that it has seen since it was last asked, tunnels aside.
    public func newRequests() throws -> [Request] {
        let requests = try String(
            contentsOf: folder.url.appendingPathComponent("state/requests.ndjson"), encoding: .utf8
        )
        .split(separator: "\n").map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
        .filter { $0.method != "CONNECT" }
        defer { asked = requests.count }
        return Array(requests[asked...])
    }

    /// A private service takes each ID token so often.
    public func control(tokenUses: Int) throws {
        _ = try run(
            #"curl -fsS --noproxy '*' -d '{"token_uses":\#(tokenUses)}' http://127.0.0.1:\#(port)/control"#, as: nil)
    }

    /// What the log says of a request.
    public struct Request: Decodable {
        /// Google's name, empty for what was asked of the stand-in itself.
        public let host: String
        /// GET, POST …
        public let method: String
        /// Without the query.
        public let path: String
        /// What it answered.
        public let status: Int
        /// Who asked BigQuery.
        public let account: String?
        /// Whose quota was to count.
        public let quotaProject: String?
        /// Which ID token it was, by its number.
        public let token: Int?
        /// Whom the ID token names.
        public let email: String?

        enum CodingKeys: String, CodingKey {
            case host, method, path, status, account, token, email
            case quotaProject = "quota_project"
        }
    }
}
