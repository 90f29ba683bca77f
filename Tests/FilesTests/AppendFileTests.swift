import Glibc
import Testing

@testable import Files

@Suite struct AppendFileTests {
    private let directory = TemporaryDirectory()

    @Test func `a file is created for its owner alone and appended to when it is opened again`() throws {
        for line in ["one\n", "two\n"] {
            var file = try AppendFile(path: directory("journal"))
            try file.append(Array(line.utf8))
            try file.sync()
            try file.sync()
        }
        #expect(directory.text(of: "journal") == "one\ntwo\n")
        #expect(directory.permissions(of: "journal") == 0o600)
    }

    @Test func `a planted link is refused, wherever it leads`() {
        directory.write("victim", to: "victim")
        directory.link("x", to: directory("victim"))
        directory.link("dangling", to: directory("not-there"))
        for name in ["x", "dangling"] {
            let path = directory(name)
            let error = #expect(throws: FileError.self) { _ = try AppendFile(path: path) }
            #expect(error == .isLink(path: path))
            #expect(error?.description == "\(path): not opened: a symbolic link")
        }
        #expect(directory.names == ["dangling", "victim", "x"])
    }

    @Test func `a directory and a path that leads nowhere are refused by name`() {
        #expect(throws: FileError.isNoFile(path: "/tmp", .directory)) { _ = try AppendFile(path: "/tmp") }
        let path = directory("missing/journal")
        #expect(throws: FileError.failed(path: path, .open, code: ENOENT)) { _ = try AppendFile(path: path) }
    }

    @Test func `a full disk is an error of the write that meets it`() throws {
        var file = try AppendFile(path: "/dev/full")
        var thrown: FileError?
        do { try file.append([1]) } catch { thrown = error }
        #expect(thrown == .failed(path: "/dev/full", .write, code: ENOSPC))
        #expect(thrown?.description == "/dev/full: cannot write: No space left on device")
        #expect(try !file.isRegular)
        try file.sync()
    }

    @Test func `what was appended can be taken back`() throws {
        let file = try AppendFile(path: directory("journal"))
        try file.append(Array("one\n".utf8))
        let size = try file.size
        try file.append(Array("tw".utf8))
        try file.truncate(to: size)
        try file.append(Array("three\n".utf8))
        #expect(directory.text(of: "journal") == "one\nthree\n")
        #expect(try file.size == 10)
        #expect(try file.isRegular)
    }

    @Test(arguments: [0, 1, 262_144, 262_145, 1_000_000])
    func `the whole file is read from its first byte, as often as it is asked for`(size: Int) throws {
        let contents = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try AppendFile(path: directory("journal"))
        try file.append(contents)
        for _ in 1...2 {
            var read: [UInt8] = []
            try file.readAll { chunk in
                chunk.withUnsafeBytes { read.append(contentsOf: $0) }
            }
            #expect(read == contents)
        }
        try file.append([7])
        #expect(try file.size == size + 1)
    }

    @Test func `a reader may stop the reading by its own error`() throws {
        struct Enough: Error {}
        let file = try AppendFile(path: directory("journal"))
        try file.append([1])
        var isStopped = false
        do { try file.readAll { _ in throw Enough() } } catch is Enough { isStopped = true }
        #expect(isStopped)
    }

    @Test func `a lock keeps every other opening out until it is given back`() throws {
        let first = try AppendFile(path: directory("ledger"))
        let second = try AppendFile(path: directory("ledger"))
        try first.lock()
        var thrown: FileError?
        do { try second.lock() } catch { thrown = error }
        #expect(thrown == .locked(path: directory("ledger"), holder: nil))
        try first.unlock()
        try second.lock(.wait)
    }
}
