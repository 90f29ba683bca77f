import Foundation
import TestSupport

/// A stand-in for `gcloud` on PATH, with the answers that a test gives it and a record of what it was asked.
struct Gcloud {
    /// What it was started with.
    struct Call: Decodable, Equatable {
        let args: [String]
        /// What it read; nil where no argument says that it reads.
        let stdin: String?

        /// The arguments as one line.
        var line: String { args.joined(separator: " ") }
    }

    /// Where scripts run, and where the answers may keep files.
    let folder: TemporaryFolder
    private let more: [String: String]

    /// - Parameters:
    ///   - answers: A bash script: given the arguments in `"$@"`, it prints the answer, and its last status is gcloud's.
    ///   - environment: What the scripts' environment has besides.
    init(answers: String, environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        more = environment
        try answers.write(to: folder.url.appendingPathComponent("answers.bash"), atomically: true, encoding: .utf8)
        try forget()
    }

    private var record: URL { folder.url.appendingPathComponent("calls.ndjson") }

    /// What it was asked, in that order.
    var calls: [Call] {
        get throws {
            try String(contentsOf: record, encoding: .utf8).split(separator: "\n").map {
                try JSONDecoder().decode(Call.self, from: Data($0.utf8))
            }
        }
    }

    /// Forgets what it was asked so far.
    func forget() throws { try Data().write(to: record) }

    /// Types a line into a shell that finds this gcloud first, in `folder`; `scripts/…` are those of the clone.
    func run(_ line: String, input: String = "") throws -> Run {
        let standIn = Run.clone.appendingPathComponent("Tests/ScriptsTests/StandIn").path
        let environment = [
            "PATH": "\(standIn):\(Run.programs.path):/usr/local/bin:/usr/bin:/bin",
            "GCLOUD_CALLS": record.path, "GCLOUD_ANSWERS": folder.url.appendingPathComponent("answers.bash").path,
            "scripts": Run.clone.appendingPathComponent("scripts").path,
        ]
        return try Run(
            shell: line, input: Data(input.utf8), environment: environment.merging(more) { $1 }, in: folder.url)
    }
}
