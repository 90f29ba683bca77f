import Foundation
import TestSupport
import Testing

/// scripts/install: what stops midway, and what stands in the way. A command that fails at one name stands for whatever
/// stops it there.
@Suite struct InterruptedInstallTests {
    private let installation: Installation

    init() throws {
        installation = try Installation()
    }

    @Test func `removing that stopped midway goes on the next time`() throws {
        try installed()
        try replaceCommand("rm", failingAt: "*bin/bq-fetch*")
        #expect(try stopped("--uninstall").status == 74)
        #expect(try installation.run("ls prefix/bin").lines.contains("bq-fetch"))
        #expect(try installation.install("--uninstall", "--quiet").status == 0)
        #expect(try installation.files() == [])
    }

    @Test(arguments: ["*/share/activity-backfill/", "*/bin/", "*/lib/systemd/"])
    func `what stopped at one of its first folders can be removed`(folder: String) throws {
        try replaceCommand("mkdir", failingAt: folder)
        let run = try stopped()
        #expect(run.status == 74, "\(run.words)")
        #expect(try installation.files() != [])
        let removal = try installation.install("--uninstall", "--quiet")
        #expect(removal.status == 0, "\(removal.words)")
        #expect(try installation.files() == [])
    }

    @Test func `what an earlier release had is on record until it is gone`() throws {
        try installed()
        _ = try installation.run(
            "touch prefix/share/old && echo share/old >>prefix/lib/activity-backfill/installed")
        try replaceCommand("rm", failingAt: "*share/old*")
        #expect(try stopped().status == 74)
        #expect(try installation.install("--uninstall", "--quiet").status == 0)
        #expect(try installation.files() == [])
    }

    @Test func `a program is the old one until the new one is whole`() throws {
        try installed()
        _ = try installation.run("echo older >>prefix/bin/to-webhook")
        try replaceCommand("install", failingAt: "*", line: #"head -c 9 "$3" >"$4""#)
        #expect(try stopped().status == 74)
        #expect(try installation.run("tail -c 6 prefix/bin/to-webhook").lines == ["older"])
        // Half of the new one is beside it. It is ours, and goes with the rest.
        #expect(try installation.run("ls -A prefix/bin").lines.first == ".to-webhook.new")
        #expect(try installation.install("--uninstall", "--quiet").status == 0)
        #expect(try installation.files() == [])
    }

    @Test(arguments: ["bin/replay", "lib/activity-backfill/environments"])
    func `a folder where a file or link belongs is named before anything is written`(path: String) throws {
        try installed()
        _ = try installation.run(
            "cd prefix && rm \(path) && mkdir \(path) && touch \(path)/prod.env && rm bin/bq-fetch")
        let before = try installation.files()
        let run = try installation.install()
        #expect(run.status == 74)
        let words = "a folder is there, where a file or a link belongs; move it away"
        #expect(run.words == "install: \(installation.prefix)/\(path): \(words)\n")
        #expect(try installation.files() == before)
    }

    @Test func `removing leaves a folder that it did not make`() throws {
        try installed()
        _ = try installation.run("cd prefix/bin && rm bq-fetch && mkdir bq-fetch")
        let run = try installation.install("--uninstall")
        #expect(run.status == 0, "\(run.words)")
        #expect(
            run.words.contains(
                "install: leave \(installation.prefix)/bin/bq-fetch: a folder, which was not installed\n"))
        #expect(try installation.run("find prefix -mindepth 1").lines == ["prefix/bin", "prefix/bin/bq-fetch"])
    }

    @Test(arguments: ["echo mine >bin/replay", "ln -s /of/mine bin/plot-backfill"])
    func `a file of somebody else is named, and written over on demand only`(line: String) throws {
        #expect(try installation.run("mkdir -p prefix/bin && cd prefix && \(line)").status == 0)
        let before = try installation.files()
        let name = try #require(try installation.run("ls prefix/bin").lines.first)
        let run = try installation.install()
        #expect(run.status == 78)
        #expect(run.words.hasPrefix("install: \(installation.prefix)/bin/\(name): not from here"), "\(run.words)")
        #expect(try installation.files() == before)
        let forced = try installation.install("--force", "--quiet")
        #expect(forced.status == 0, "\(forced.words)")
        #expect(try installation.run("\(name) --version").lines.first == "\(name) 0.1.0")
    }

    @Test func `what is there already byte for byte is taken over`() throws {
        try installed()
        _ = try installation.run("rm prefix/lib/activity-backfill/installed")
        let run = try installation.install()
        #expect(run.status == 0)
        #expect(run.words == "install: write \(installation.prefix)/lib/activity-backfill/installed\n")
    }

    @Test func `without a place for its temporary files it says so`() throws {
        let run = try installation.run("TMPDIR=/nonexistent \(script) --prefix $prefix")
        #expect(run.status == 74)
        #expect(run.words == "install: /nonexistent: no folder can be made in it; set TMPDIR to one where it can\n")
    }

    private var script: String { Run.clone.appendingPathComponent("scripts/install").path }

    private func installed() throws {
        let run = try installation.install("--quiet")
        try #require(run.status == 0, "\(run.words)")
    }

    /// Puts a command before that of the system, for `stopped`: it fails when its arguments match a pattern.
    private func replaceCommand(_ name: String, failingAt pattern: String, line: String = ":") throws {
        let text = "#!/bin/sh\ncase $* in \(pattern)) \(line); exit 1 ;; esac\nexec /usr/bin/\(name) \"$@\"\n"
        _ = try installation.run("mkdir -p shim && cat >shim/\(name) && chmod 755 shim/\(name)", input: text)
    }

    /// Installs, or removes, where commands are what `replaceCommand` made of them.
    private func stopped(_ options: String = "") throws -> Run {
        try installation.run(
            "PATH=$PWD/shim:$PATH BACKFILL_BIN=\(Run.programs.path) \(script) --prefix $prefix --quiet \(options)")
    }
}
