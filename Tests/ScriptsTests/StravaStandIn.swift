import Foundation
import Glibc
import TestSupport

/// Strava's push subscriptions and a dispatcher, on this machine, of a test's own.
final class StravaStandIn {
    // A class, because the servers have one identity, and `deinit` is what ends them.

    /// Where scripts run; `strava_auth.json` is there.
    let folder: TemporaryFolder
    /// The dispatcher's webhook.
    let callback: String
    private let api: String
    private let processes: [pid_t]

    /// Starts both and returns when they listen.
    init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let start = try Run(
            shell: """
                $scripts/strava --client-secret "$secret" --log strava.ndjson --port-file strava.port >strava.out 2>&1 &
                echo $!
                $scripts/pipeline --emulator http://127.0.0.1:1 --activities /dev/null --log pipeline.ndjson \
                    --port-file pipeline.port >pipeline.out 2>&1 &
                echo $!
                for ((try = 0; try < 300; try++)); do
                    [[ -s strava.port && -s pipeline.port ]] && cat strava.port pipeline.port && exit
                    sleep 0.1
                done
                cat strava.out pipeline.out >&2; exit 75
                """,
            environment: [
                "scripts": Run.clone.appendingPathComponent("scripts/development/local-dev").path,
                "secret": StravaAuth().secret,
            ], in: folder.url)
        guard start.status == 0, start.lines.count == 4 else {
            throw Failure(description: "strava, pipeline: \(start.words)")
        }
        processes = start.lines.prefix(2).compactMap { pid_t($0) }
        api = "http://127.0.0.1:\(start.lines[2])/api/v3"
        callback = "http://127.0.0.1:\(start.lines[3])/webhook"
        try write(StravaAuth())
    }

    deinit { processes.forEach { kill($0, SIGTERM) } }

    /// The application's file.
    var file: URL { folder.url.appendingPathComponent("strava_auth.json") }

    /// Writes the application's file.
    func write(_ auth: StravaAuth) throws { try auth.write(to: folder.url) }

    /// What the application's file holds.
    func auth() throws -> StravaAuth {
        try JSONDecoder().decode(StravaAuth.self, from: Data(contentsOf: file))
    }

    /// Types a line into a shell in which `webhook` is the script; `path` stands first in PATH.
    func run(_ line: String, path: String? = nil) throws -> Run {
        try StravaStandIn.run(line, api: api, in: folder.url, environment: ["callback": callback, "first": path ?? ""])
    }

    /// The same, where the API is another one.
    static func run(
        _ line: String, api: String, in folder: URL, environment: [String: String] = [:]
    ) throws -> Run {
        let script = Run.clone.appendingPathComponent("scripts/operations/webhook-management.sh").path
        return try Run(
            shell: "PATH=${first:+$first:}$PATH; webhook() { \(script) \"$@\"; }; \(line)",
            environment: environment.merging(["STRAVA_API_URL": api]) { $1 }, in: folder)
    }

    /// What Strava was asked so far, as `GET /api/v3/push_subscriptions 200`.
    func requests() throws -> [String] {
        try String(contentsOf: folder.url.appendingPathComponent("strava.ndjson"), encoding: .utf8)
            .split(separator: "\n").map {
                let request = try JSONDecoder().decode(Request.self, from: Data($0.utf8))
                return
                    "\(request.method) \(request.path.replacing("/api/v3/push_subscriptions", with: "")) \(request.status)"
            }
    }

    /// What kept the servers from starting.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Request: Decodable {
        let method: String
        let path: String
        let status: Int
    }
}

/// `strava_auth.json`.
struct StravaAuth: Codable, Equatable {
    var clientID = 4711
    /// The application's secret: whoever forgets to encode it, or to quote it, is refused.
    var secret = #"a"b\c&d=e+f%41'$HOME"#
    /// What the dispatcher knows, too.
    var token = "local"
    var subscriptionID: Int?

    enum CodingKeys: String, CodingKey {
        case clientID = "client_id"
        case secret = "client_secret"
        case token = "webhook_verify_token"
        case subscriptionID = "webhook_subscription_id"
    }

    /// Writes the file.
    func write(to folder: URL) throws {
        try JSONEncoder().encode(self).write(to: folder.appendingPathComponent("strava_auth.json"))
    }
}
