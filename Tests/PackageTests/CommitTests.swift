import Foundation
import TestSupport
import Testing

/// scripts/lib/commit.bash: which commit a build says that it is of.
@Suite struct CommitTests {
    private let folder: TemporaryFolder

    /// A clone with one commit of everything that tells the commit.
    init() throws {
        folder = try TemporaryFolder()
        let library = Run.clone.appendingPathComponent("scripts/lib/commit.bash").path
        let attributes = Run.clone.appendingPathComponent(".gitattributes").path
        let made = try run(
            """
            set -e
            mkdir -p clone/scripts/lib && cp \(library) clone/scripts/lib/ && cp \(attributes) clone/
            cd clone && git init -q . && git add . && git commit -qm first
            """)
        try #require(made.status == 0, "\(made.words)")
    }

    @Test func `it is the first seven digits`() throws {
        let digits = try #require(try run("git -C clone rev-parse HEAD").lines.first?.prefix(7))
        #expect(try commit(of: "clone") == [String(digits)])
    }

    @Test(arguments: ["echo '# changed' >>clone/scripts/lib/commit.bash", "touch clone/new"])
    func `what differs from it, or is new, makes it dirty`(change: String) throws {
        let clean = try #require(try commit(of: "clone").first)
        _ = try run(change)
        #expect(try commit(of: "clone") == ["\(clean)-dirty"])
    }

    @Test func `a source archive knows its commit and its time`() throws {
        _ = try run("mkdir archive && git -C clone archive HEAD | tar -xC archive")
        #expect(try commit(of: "archive") == commit(of: "clone"))
        #expect(try run(". archive/scripts/lib/commit.bash; commit_time archive").lines == ["1700000000"])
        #expect(try run(". clone/scripts/lib/commit.bash; commit_time clone").lines == ["1700000000"])
    }

    @Test func `a copy without git has none, not even when it lies in another clone`() throws {
        _ = try run("mkdir -p clone/copy && cp -R clone/scripts clone/copy")
        #expect(try commit(of: "clone/copy") == [])
    }

    /// What the clone's own copy of the library says.
    private func commit(of clone: String) throws -> [String] {
        let run = try run("set -euo pipefail; . \(clone)/scripts/lib/commit.bash; commit_of \(clone)")
        #expect(run.status == 0, "\(run.words)")
        return run.lines
    }

    private func run(_ line: String) throws -> Run {
        let author = ["NAME": "a", "EMAIL": "a@example.com", "DATE": "1700000000 +0000"]
        var environment = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]
        for (key, value) in author {
            environment["GIT_AUTHOR_\(key)"] = value; environment["GIT_COMMITTER_\(key)"] = value
        }
        return try Run(shell: line, environment: environment, in: folder.url)
    }
}
