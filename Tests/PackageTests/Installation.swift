import Foundation
import TestSupport

/// A prefix of a test's own, into which scripts/install has put the programs of this build and all that belongs to them.
struct Installation {
    let folder: TemporaryFolder
    /// Where it went.
    let prefix: String

    init() throws {
        folder = try TemporaryFolder()
        prefix = folder.url.appendingPathComponent("prefix").path
    }

    /// Runs scripts/install for that prefix.
    func install(_ options: String...) throws -> Run {
        try Run(
            Run.clone.appendingPathComponent("scripts/install").path, ["--prefix", prefix] + options,
            environment: ["BACKFILL_BIN": Run.programs.path], in: folder.url)
    }

    /// Types a line into a shell that knows nothing of the clone and this build, and finds what is installed on PATH.
    func run(_ line: String, input: String = "", path: String? = nil) throws -> Run {
        let environment = [
            "PATH": path ?? "\(prefix)/bin:/usr/bin:/bin", "HOME": folder.url.path, "BACKFILL_BIN": "",
            "BACKFILL_ENVIRONMENTS": "", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "prefix": prefix,
        ]
        return try Run(shell: line, input: Data(input.utf8), environment: environment, in: folder.url)
    }

    /// Every file with its number, mode, time, and where it leads to: what differs when anything was touched.
    func files() throws -> [String] {
        try run("find prefix -printf '%p %i %m %T@ %l\\n' | sort").lines
    }
}
