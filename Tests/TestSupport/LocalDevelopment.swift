import Foundation

/// A BigQuery emulator with the sample activities, and the stand-in for the dispatcher and its pipeline, of a test's own.
public final class LocalDevelopment {
    // A class, because the two servers have one identity, and `deinit` is what ends them.

    /// Where commands run; it goes away with the servers.
    public let folder: TemporaryFolder
    /// What a shell needs to find them.
    public let environment: [String: String]
    /// The dispatcher's base URL.
    public let dispatcher: String

    private let state: URL

    /// Starts both and returns when they answer.
    public init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        state = folder.url.appendingPathComponent("local")
        let script = Run.clone.appendingPathComponent("scripts/development/local-dev/start").path
        let start = try Run(script, ["--state", state.path], in: folder.url)
        guard start.status == 0 else {
            throw Failure(description: "\(script): \(String(decoding: start.messages, as: UTF8.self))")
        }
        let shell = try String(contentsOf: state.appendingPathComponent("shell-environment"), encoding: .utf8)
        var variables = ["XDG_STATE_HOME": folder.url.path, "BACKFILL_BIN": Run.programs.path]
        for line in shell.split(separator: "\n") where !line.hasPrefix("export PATH=") {
            let parts = line.replacing("export ", with: "").split(separator: "=", maxSplits: 1)
            variables[String(parts[0])] = String(parts[1])
        }
        environment = variables
        let port = try String(contentsOf: state.appendingPathComponent("pipeline.port"), encoding: .utf8)
        dispatcher = "http://127.0.0.1:\(port.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    deinit {
        let script = Run.clone.appendingPathComponent("scripts/development/local-dev/stop").path
        _ = try? Run(script, ["--state", state.path], in: Run.clone)
    }

    /// What kept the servers from starting.
    public struct Failure: Error, CustomStringConvertible {
        /// The script's own words.
        public let description: String
    }

    /// Types `line` into a shell, in `folder`.
    public func run(_ line: String, environment more: [String: String] = [:]) throws -> Run {
        try Run(shell: line, environment: environment.merging(more) { $1 }, in: folder.url)
    }

    /// What the dispatcher saw: each request's status, nil when it was dropped, and its body.
    public func requests() throws -> [(status: Int?, body: String)] {
        let answer = try run("curl -fsS \(dispatcher)/control/requests")
        return try String(decoding: answer.output, as: UTF8.self).split(separator: "\n").map {
            let request = try JSONDecoder().decode(Request.self, from: Data($0.utf8))
            return (request.status, request.body)
        }
    }

    private struct Request: Decodable {
        let status: Int?
        let body: String
    }

    /// What became of a delivery behind the dispatcher.
    public struct Fate: Decodable, Hashable {
        /// The activity.
        public let id: Int64
        /// Which one of the activity's deliveries, from 1.
        public let delivery: Int
        /// `landed`, `dropped`, …
        public let fate: String
    }

    /// What became of each delivery, in that order.
    public func fates() throws -> [Fate] {
        let answer = try run("curl -fsS \(dispatcher)/control/fates")
        return try answer.lines.map { try JSONDecoder().decode(Fate.self, from: Data($0.utf8)) }
    }

    /// Asks the dispatcher for something out of the ordinary, as `{"fail_next":3}`.
    public func control(_ wish: String) throws {
        _ = try run("curl -fsS -X POST -d '\(wish)' \(dispatcher)/control")
    }

    /// Waits until the pipeline has stored what it was sent.
    public func drain() throws {
        _ = try run("curl -fsS \(dispatcher)/control/drained")
    }
}
