import Foundation
import TestSupport
import Testing

/// scripts/install: what it puts below a prefix works there, and goes again.
@Suite struct InstallTests {
    private let installation: Installation

    init() throws {
        installation = try Installation()
        let run = try installation.install("--quiet")
        try #require(run.status == 0 && run.messages.isEmpty, "\(run.words)")
    }

    @Test func `every command that is installed is found on PATH and runs`() throws {
        let names = try installation.run("ls prefix/bin").lines
        #expect(
            names == [
                "backfill-activities", "bq-fetch", "bq-missing", "export-fixture", "plot-backfill", "replay",
                "to-webhook",
            ])
        for name in names {
            let version = try installation.run("cd / && \(name) --version")
            #expect(
                version.lines.first?.hasPrefix("\(name) 0.1.0") == true && version.words.isEmpty, "\(version.words)")
            #expect(try installation.run("cd / && \(name) --help").status == 0)
        }
    }

    @Test func `a stage runs, and the whole backfill finds them all`() throws {
        let event = try installation.run(
            "to-webhook --subscription-id 5", input: #"{"id":1,"athlete_id":7,"start_date":"2024-01-05T07:12:33Z"}"#)
        #expect(event.lines.first?.contains(#""object_id":1,"#) == true, "\(event.words)")
        let pipeline = try installation.run("backfill-activities --source-project=p --target-env=dev --print-pipeline")
        #expect(pipeline.status == 0 && pipeline.lines.count == 5, "\(pipeline.words)")
    }

    @Test(arguments: [
        "prefix/bin/backfill-activities", "prefix/lib/activity-backfill/scripts/data/backfill-activities",
    ])
    func `scripts find their library and the filters, also when PATH has neither`(command: String) throws {
        let run = try installation.run("\(command) --version", path: "/usr/bin:/bin")
        #expect(run.lines.first?.hasPrefix("backfill-activities 0.1.0") == true, "\(run.words)")
    }

    @Test func `all of the library that an installed script names is installed`() throws {
        let named = try installation.run(
            "cd prefix/lib/activity-backfill && grep -rohE '[$]clone/scripts/lib/[a-z-]+[.][a-z]+' scripts | sort -u")
        #expect(named.lines.count > 10)
        for file in named.lines {
            let there = file.replacing("$clone", with: "\(installation.prefix)/lib/activity-backfill")
            #expect(FileManager.default.fileExists(atPath: there), "\(file)")
        }
    }

    @Test func `filters and scripts read the env-files of the installation`() throws {
        let file = "\(installation.prefix)/share/activity-backfill/environments/trial.env"
        try "BACKFILL_SUBSCRIPTION_ID=77\nBACKFILL_STATE=/of/the/trial\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let record = #"{"id":1,"athlete_id":7,"start_date":"2024-01-05T07:12:33Z"}"#
        let event = try installation.run("to-webhook --target-env trial", input: record)
        #expect(event.lines.first?.contains(#""subscription_id":77,"#) == true, "\(event.words)")
        let pipeline = try installation.run(
            "backfill-activities --source-project=p --target-env=trial --print-pipeline")
        #expect(pipeline.lines.first?.contains("/of/the/trial/checkpoint.ndjson") == true, "\(pipeline.words)")
    }

    @Test func `without jq the plan is refused before anything is asked, and the rest runs`() throws {
        _ = try installation.run("mkdir tools && ln -s /usr/bin/* tools/ && rm -f tools/jq")
        let path = "\(installation.prefix)/bin:\(installation.folder.url.path)/tools"
        let plan = try installation.run("backfill-activities --source-project=p --target-env=dev --dry-run", path: path)
        #expect(plan.status == 78)
        #expect(plan.words == "backfill-activities: jq: not found; --dry-run counts with it: install jq\n")
        let print = "backfill-activities --source-project=p --target-env=dev --print-pipeline"
        #expect(try installation.run(print, path: path).status == 0)
    }

    @Test func `a second time changes nothing`() throws {
        let before = try installation.files()
        let run = try installation.install()
        #expect(run.status == 0 && run.messages.isEmpty, "\(run.words)")
        #expect(try installation.files() == before)
    }

    @Test func `a file that was changed is mended, and what an earlier release had goes`() throws {
        let change = try installation.run(
            """
            cd prefix && echo changed >>share/man/man1/replay.1 && touch share/activity-backfill/old
            echo share/activity-backfill/old >>lib/activity-backfill/installed
            LC_ALL=C sort -o lib/activity-backfill/installed lib/activity-backfill/installed
            """)
        #expect(change.status == 0, "\(change.words)")
        let said = try installation.install().words.split(separator: "\n")
        #expect(
            said.map { $0.replacing(installation.prefix, with: "PREFIX") } == [
                "install: remove PREFIX/share/activity-backfill/old",
                "install: write PREFIX/share/man/man1/replay.1",
                "install: write PREFIX/lib/activity-backfill/installed",
            ])
    }

    @Test func `removing leaves nothing`() throws {
        let run = try installation.install("--uninstall", "--quiet")
        #expect(run.status == 0, "\(run.words)")
        #expect(try installation.files() == [])
        let again = try installation.install("--uninstall")
        #expect(again.status == 78 && again.words.contains("nothing was installed"), "\(again.words)")
    }

    @Test func `removing leaves what others put there`() throws {
        let own = ["prefix/bin/mine", "prefix/share/activity-backfill/environments/prod.env"]
        _ = try installation.run("touch \(own.joined(separator: " "))")
        _ = try installation.install("--uninstall", "--quiet")
        #expect(try installation.run("find prefix -type f -o -type l | sort").lines == own)
    }

    @Test func `a dry run says what it would do, and does nothing`() throws {
        let before = try installation.files()
        let removal = try installation.install("--uninstall", "--dry-run")
        #expect(removal.words.contains("install: remove \(installation.prefix)/bin/replay\n"))
        #expect(try installation.files() == before)
        let other = try Installation()
        #expect(try other.install("--dry-run").words.contains("install: write \(other.prefix)/bin/replay\n"))
        #expect(try other.run("ls").lines == [])
    }

    @Test func `what is not built is named before anything is written`() throws {
        let other = try Installation()
        let install = Run.clone.appendingPathComponent("scripts/install").path
        let run = try other.run("BACKFILL_BIN=$PWD/none \(install) --prefix $prefix")
        #expect(run.status == 78 && run.words.contains("none/bq-missing: not there"), "\(run.words)")
        #expect(try other.run("ls").lines == [])
    }

    @Test func `the folder of a package is filled for the place where it will be`() throws {
        let run = try installation.install("--prefix", "/usr", "--destdir", "stage", "--quiet")
        #expect(run.status == 0, "\(run.words)")
        let stage = try installation.run("ls stage; ls stage/usr; grep -h ^ExecStart stage/usr/lib/systemd/system/*")
        #expect(stage.lines.prefix(4) == ["usr", "bin", "lib", "share"])
        #expect(stage.lines.last?.hasPrefix("ExecStart=/usr/bin/backfill-activities ") == true)
    }
}
