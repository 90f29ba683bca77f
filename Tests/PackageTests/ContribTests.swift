import Foundation
import TestSupport
import Testing

/// contrib/: the units and the crontab, as they are installed.
@Suite struct ContribTests {
    private let installation: Installation

    init() throws {
        installation = try Installation()
        let run = try installation.install("--quiet")
        try #require(run.status == 0, "\(run.words)")
    }

    @Test func `systemd has nothing to say about the units`() throws {
        try #require(
            installation.run("command -v systemd-analyze").status == 0,
            "systemd-analyze: not found, and without it nothing is checked; install systemd")
        let run = try installation.run("systemd-analyze verify --man=no prefix/lib/systemd/system/backfill@.*")
        #expect(run.status == 0 && run.words.isEmpty, "\(run.words)")
    }

    @Test func `an env-file that is put where the README says can be read by the unit's user`() throws {
        let file = "\(installation.prefix)/share/doc/activity-backfill/examples/README.md"
        let readme = try String(contentsOfFile: file, encoding: .utf8)
        let command = try #require(readme.firstMatch(of: /`(install [^`]* -t )\/etc\/backfill`/)).1
        let run = try installation.run(
            "umask 077; touch prod.env && \(command)etc/backfill && stat -c %a etc etc/backfill etc/backfill/prod.env")
        #expect(run.lines == ["755", "755", "644"], "\(run.words)")
    }

    @Test func `the service starts what is installed`() throws {
        let started = try #require(try settings("service")["ExecStart"]?.split(separator: " ").first)
        #expect(started == "\(installation.prefix)/bin/backfill-activities")
        #expect(FileManager.default.isExecutableFile(atPath: String(started)))
    }

    @Test func `to have to wait is no failure`() throws {
        let statuses = try settings("service")["SuccessExitStatus"]?.split(separator: " ")
        #expect(statuses?.contains("75") == true)
        #expect(statuses?.contains("1") == false)
    }

    @Test func `the service's state is where the script looks for it`() throws {
        let service = try settings("service")
        #expect(service["Environment"] == "XDG_STATE_HOME=%S")
        let line = "XDG_STATE_HOME=/var/lib backfill-activities --source-project=p --target-env=dev --print-pipeline"
        let folder = try #require(service["StateDirectory"])
        #expect(try installation.run(line).lines.first?.contains("/var/lib/\(folder)/dev/checkpoint.ndjson") == true)
    }

    @Test func `the crontab's line is a command that cron's shell finds`() throws {
        let file = "\(installation.prefix)/share/doc/activity-backfill/examples/crontab.example"
        let text = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(text.contains { $0.hasPrefix("MAILTO=") })
        let path = try #require(text.first { $0.hasPrefix("PATH=") })
        let entry = try #require(text.first { $0.hasPrefix("*/15 ") })
        let command = entry.split(separator: " ", maxSplits: 5)[5]
        #expect(path.contains("/usr/local/bin") && path.contains("/usr/bin"))
        #expect(!command.contains("%"), "cron takes it for the end of the line")
        let run = try installation.run(
            "env -i HOME=$HOME SHELL=/bin/sh \(path):$prefix/bin sh -c '\(command) --print-pipeline'")
        #expect(run.status == 0 && run.lines.count == 8, "\(run.words)")
    }

    /// What the unit sets; of what stands there twice the last.
    private func settings(_ kind: String) throws -> [String: String] {
        let file = "\(installation.prefix)/lib/systemd/system/backfill@.\(kind)"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        return lines.reduce(into: [:]) { settings, line in
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, !line.hasPrefix("#") { settings[String(parts[0])] = String(parts[1]) }
        }
    }
}
