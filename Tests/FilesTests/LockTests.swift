import Foundation
import Glibc
import Testing

@testable import Files

@Suite struct LockTests {
    private let directory = TemporaryDirectory()

    @Test func `a second run learns who holds the lock`() throws {
        let path = directory("lock")
        let lock = try Lock(path: path, holder: "process 4711 since 2026-11-23T14:02:11Z")
        let error = #expect(throws: FileError.self) { _ = try Lock(path: path, holder: "another") }
        #expect(error == .locked(path: path, holder: "process 4711 since 2026-11-23T14:02:11Z"))
        #expect(error?.description == "\(path): locked: process 4711 since 2026-11-23T14:02:11Z")
        #expect(try Lock.holder(at: path) == "process 4711 since 2026-11-23T14:02:11Z")
        _ = consume lock
    }

    @Test func `a lock ends with its owner, and its file stays`() throws {
        let path = directory("lock")
        #expect(try Lock.holder(at: path) == nil)
        #expect(directory.names.isEmpty)
        for _ in 1...2 {
            _ = try Lock(path: path, holder: "one")
            #expect(try Lock.holder(at: path) == nil)
        }
        #expect(directory.names == ["lock"])
        #expect(directory.permissions(of: "lock") == 0o600)
    }

    @Test func `what a killed holder has left hinders nobody and is replaced whole`() throws {
        directory.write("process 1 since a very long time ago, and a long line\n", to: "lock")
        #expect(try Lock.holder(at: directory("lock")) == nil)
        let lock = try Lock(path: directory("lock"), holder: "two")
        #expect(directory.text(of: "lock") == "two\n")
        _ = consume lock
    }

    @Test func `a lock that another process holds is held, and is free at once when that is killed`() throws {
        let path = directory("lock")
        directory.write("process 1\n", to: "lock")
        let other = Process()
        let output = Pipe()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        // exec, so that the process that is killed is the one that holds the descriptor.
        other.arguments = ["--no-fork", path, "sh", "-c", "echo held; exec sleep 600"]
        other.standardOutput = output
        try other.run()
        #expect(output.fileHandleForReading.readData(ofLength: 5) == Data("held\n".utf8))
        #expect(throws: FileError.locked(path: path, holder: "process 1")) { _ = try Lock(path: path, holder: "two") }
        kill(other.processIdentifier, SIGKILL)
        other.waitUntilExit()
        _ = try Lock(path: path, holder: "two")
    }

    @Test func `a planted link is not locked`() {
        directory.link("lock", to: directory("victim"))
        let path = directory("lock")
        #expect(throws: FileError.isLink(path: path)) { _ = try Lock(path: path, holder: "one") }
        #expect(throws: FileError.isLink(path: path)) { _ = try Lock.holder(at: path) }
        #expect(directory.names == ["lock"])
    }
}
