import Foundation
import TestSupport

/// A Google Cloud project of a test's own: gcloud is the stand-in, BigQuery the emulator that `scripts/test` started.
struct CloudProject {
    /// What the project's id begins with no other test's does.
    let id = "test-\(UUID().uuidString.prefix(8).lowercased())"
    /// Answers, and keeps what it was asked.
    let gcloud: Gcloud

    /// - Parameters:
    ///   - exceptions: Branches of a `case` on gcloud's arguments, which answer before the project does.
    ///   - environment: What the scripts' environment has besides.
    init(except exceptions: String = "", environment: [String: String] = [:]) throws {
        let standIn = Run.clone.appendingPathComponent("Tests/ScriptsTests/StandIn").path
        gcloud = try Gcloud(
            answers: """
                case "$*" in
                    \(exceptions)
                    *) . '\(standIn)/project.bash' ;;
                esac
                """, environment: environment)
        // What curl is asked: a line each, in which everybody on the machine could read along.
        try program(
            "curl",
            """
            printf '%q ' "$@" >>curls
            echo >>curls
            tee -a read-by-curl | /usr/bin/curl "$@"
            """)
    }

    /// Puts a program before all others of its name.
    func program(_ name: String, _ text: String) throws {
        let bin = gcloud.folder.url.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        let file = bin.appendingPathComponent(name)
        try "#!/bin/bash\n\(text)\n".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    /// Types a line into a shell, in the project's folder; `$P` is the project.
    func run(_ line: String, input: String = "") throws -> Run {
        try gcloud.run(
            "P=\(id); PATH=$PWD/bin:$PATH; export BACKFILL_ENVIRONMENTS=$PWD/environments; \(line)", input: input)
    }

    /// What gcloud was asked to change, in that order.
    var changes: [String] {
        get throws {
            let verbs: Set = ["enable", "create", "add", "add-iam-policy-binding", "disable", "update", "delete"]
            return try gcloud.calls.filter { !verbs.isDisjoint(with: $0.args) }.map(\.line)
        }
    }

    /// What curl was asked to do but to read.
    var requests: [String] {
        text("curls").split(separator: "\n").map(String.init).filter { !$0.contains("--request GET") }
    }

    /// Forgets what gcloud and curl were asked.
    func forget() throws {
        try gcloud.forget()
        for name in ["curls", "read-by-curl"] {
            try? FileManager.default.removeItem(at: gcloud.folder.url.appendingPathComponent(name))
        }
    }

    /// A file of the project's folder; empty when it is not there.
    func text(_ path: String) -> String {
        (try? String(contentsOf: gcloud.folder.url.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    /// What the emulator knows at a path below the project, through a filter of jq's.
    func bigquery(_ path: String, _ filter: String) throws -> String {
        try run("/usr/bin/curl -sS $BIGQUERY_EMULATOR_HOST/bigquery/v2/projects/$P/\(path) | jq -cr '\(filter)'")
            .lines.joined(separator: "\n")
    }
}
