import Foundation
import NDJSON
import Testing

@testable import FilterKit

@Suite struct EnvFileTests {
    @Test func `each value knows the line that it stands in`() throws {
        let file = try EnvFile(parsing: "# prod\n\nA=1\nB_2=x=y\n".utf8, path: "prod.env")
        #expect(file["A"] == Settings.Setting(key: "A", value: "1", origin: "prod.env:3"))
        #expect(file["B_2"]?.value == "x=y")
        #expect(file["C"] == nil)
    }

    @Test func `an empty value is none`() throws {
        #expect(try EnvFile(parsing: "A=\n".utf8, path: "p")["A"] == nil)
    }

    @Test func `a misspelt key of ours is refused, and one that stands twice`() {
        #expect(throws: EnvFileError.unknownKey("p:2", key: "BACKFILL_PROTECTD")) {
            try EnvFile(parsing: "OTHER=1\nBACKFILL_PROTECTD=yes".utf8, path: "p")
        }
        #expect(throws: EnvFileError.repeatedKey("p:2", key: "A")) {
            try EnvFile(parsing: "A=yes\nA=no".utf8, path: "p")
        }
    }

    @Test(arguments: ["A", "=1", "1A=2", "export A=1", " A=1", "A-B=1"])
    func `a line that is no assignment is refused`(_ line: String) {
        #expect(throws: EnvFileError.notAnAssignment("p:1", Excerpt(line))) {
            try EnvFile(parsing: line.utf8, path: "p")
        }
    }

    @Test(arguments: ["\"1\"", "'1'", "$HOME", "a b", "1 # one", "`id`", "a\\b", "1;2", "1\r"])
    func `a value that a shell would read otherwise is refused`(_ value: String) {
        #expect(throws: EnvFileError.notPlain("p:1", key: "A")) { try EnvFile(parsing: "A=\(value)".utf8, path: "p") }
    }

    @Test(arguments: ["", "Prod", "../prod", "prod.env", "1st", "prod/eu"])
    func `a name that could be a path names no environment`(_ name: String) throws {
        let stop = try #require(throws: Stop.self) { try EnvFile.named(name, in: ["/"]) }
        #expect(stop.status == .usage)
    }

    @Test func `the first folder that has the file counts, and a missing one is configuration`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("A=1\n".utf8).write(to: folder.appendingPathComponent("dev.env"))
        #expect(try EnvFile.named("dev", in: ["/nowhere", folder.path])["A"]?.value == "1")
        let stop = try #require(throws: Stop.self) { try EnvFile.named("prod", in: ["/nowhere", folder.path]) }
        #expect(stop.status == .configuration)
    }
}
