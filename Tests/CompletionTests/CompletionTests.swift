import Foundation
import TestSupport
import Testing

/// What a tab does, in each of the three shells.
@Suite struct CompletionTests {
    private static let programs = [
        "bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture", "backfill-activities", "plot-backfill",
    ]

    @Test func `the files are what make-completions writes of the programs as they are`() throws {
        let folder = try TemporaryFolder()
        let script = Run.clone.appendingPathComponent("scripts/development/make-completions").path
        let run = try Run(
            script, ["--output", folder.url.path], environment: ["BACKFILL_BIN": Run.programs.path], in: folder.url)
        #expect(run.status == 0 && run.words.isEmpty, "\(run.words)")
        let committed = Run.clone.appendingPathComponent("completions")
        for file in Shell.allCases.flatMap({ shell in CompletionTests.programs.map(shell.file) }) {
            let written = try lines(of: folder.url.appendingPathComponent(file))
            let kept = try lines(of: committed.appendingPathComponent(file))
            let changes = written.difference(from: kept).map { change in
                switch change {
                case .remove(_, let line, _): "- \(line)"
                case .insert(_, let line, _): "+ \(line)"
                }
            }
            let words = changes.joined(separator: "\n")
            #expect(changes.isEmpty, "completions/\(file): run scripts/development/make-completions:\n\(words)")
        }
    }

    private func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    @Test(arguments: Shell.allCases, programs)
    func `every option of --help-hidden is offered`(shell: Shell, program: String) throws {
        let isScript = ["backfill-activities", "plot-backfill"].contains(program)
        let help = try Run(
            isScript ? Run.clone.appendingPathComponent("scripts/data/\(program)").path : program,
            [isScript ? "--help" : "--help-hidden"], in: Run.clone)
        let options = help.lines.compactMap { $0.firstMatch(of: /^ +(?:-[a-z], )?(--[a-z-]+)/).map { String($0.1) } }
        #expect(options.count > 7, "\(program): its help is not read")
        let folder = try TemporaryFolder()
        let missing = try Set(options).subtracting(shell.completions(of: "\(program) --", in: folder.url))
        #expect(missing.isEmpty)
    }

    @Test(arguments: Shell.allCases)
    func `an option with a few values offers them, after a blank and after =`(shell: Shell) throws {
        let folder = try TemporaryFolder()
        for option in ["--auth ", "--auth="] {
            #expect(try shell.completions(of: "replay \(option)", in: folder.url) == ["none", "id-token"])
        }
        #expect(try shell.completions(of: "replay --auth=i", in: folder.url) == ["id-token"])
        #expect(try shell.completions(of: "bq-missing --order ", in: folder.url) == ["oldest", "newest"])
        #expect(
            try shell.completions(of: "to-webhook --aspect-type ", in: folder.url) == ["create", "update", "delete"])
        #expect(
            try shell.completions(of: "replay --report ", in: folder.url)
                == ["pending", "delivered", "landed", "failed", "gone"])
        #expect(try shell.completions(of: "export-fixture --format ", in: folder.url) == ["json", "ndjson"])
        #expect(try shell.completions(of: "bq-fetch --columns ", in: folder.url) == ["@all", "@event"])
    }

    @Test(arguments: Shell.allCases, ["replay", "bq-fetch", "backfill-activities", "plot-backfill"])
    func `--target-env offers the environments that the filters would find`(shell: Shell, program: String) throws {
        let folder = try TemporaryFolder()
        let environments = folder.url.appendingPathComponent("environments")
        try FileManager.default.createDirectory(at: environments, withIntermediateDirectories: true)
        for name in ["here.env", "here.env.example", "Not-a-name.env", "here-too.env"] {
            try Data().write(to: environments.appendingPathComponent(name))
        }
        let offered = try shell.completions(of: "\(program) --target-env here", in: folder.url)
        #expect(offered == ["here", "here-too"])
        #expect(try shell.completions(of: "\(program) --target-env=here-", in: folder.url) == ["here-too"])
        #expect(try shell.completions(of: "\(program) --target-env N", in: folder.url).isEmpty)
    }

    @Test(arguments: Shell.allCases)
    func `an option for a file offers files, one for a folder folders, one for a number nothing`(shell: Shell) throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appendingPathComponent("state.ndjson"))
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("state"), withIntermediateDirectories: true)
        func offered(_ line: String) throws -> Set<String> { try shell.completions(of: line, in: folder.url) }
        #expect(try offered("replay --checkpoint st") == ["state", "state.ndjson"])
        #expect(try offered("export-fixture --output=st") == ["state", "state.ndjson"])
        #expect(try offered("backfill-activities --key-file st") == ["state", "state.ndjson"])
        #expect(try offered("plot-backfill -o st") == ["state", "state.ndjson"])
        #expect(try offered("backfill-activities --state st") == ["state"])
        #expect(try offered("plot-backfill st") == ["state"])
        for line in ["replay --timeout ", "replay --limit ", "replay --limit=", "backfill-activities --settled "] {
            #expect(try offered(line).isEmpty, "\(line)")
        }
    }
}
