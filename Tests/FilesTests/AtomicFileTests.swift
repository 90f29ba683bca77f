import Glibc
import Testing

@testable import Files

@Suite struct AtomicFileTests {
    private let directory = TemporaryDirectory()

    @Test func `the old file stands until the new one is complete`() throws {
        directory.write("old", to: "x.json")
        var file = try AtomicFile(path: directory("x.json"))
        try file.write(Array("new".utf8))
        #expect(directory.text(of: "x.json") == "old")
        #expect(directory.names.count == 2)
        try file.commit()
        #expect(directory.text(of: "x.json") == "new")
        #expect(directory.names == ["x.json"])
    }

    @Test func `without a commit nothing is left and nothing has changed`() throws {
        directory.write("old", to: "x.json")
        do {
            var file = try AtomicFile(path: directory("x.json"))
            try file.write(Array("new".utf8))
        }
        #expect(directory.text(of: "x.json") == "old")
        #expect(directory.names == ["x.json"])
    }

    @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 1 << 20])
    func `what was written in parts is there in order`(size: Int) throws {
        let contents = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var file = try AtomicFile(path: directory("x"))
        for start in stride(from: 0, to: size, by: 7001) {
            try file.write(Array(contents[start..<min(size, start + 7001)]))
        }
        try file.commit()
        #expect(try readSmallFile(directory("x"), limit: 2 << 20) == contents)
        var whole = try AtomicFile(path: directory("x"))
        try whole.write([7])
        try whole.write(contents)
        try whole.commit()
        #expect(try readSmallFile(directory("x"), limit: 2 << 20) == [7] + contents)
    }

    @Test func `a file is its owner's alone unless the umask is to decide`() throws {
        try AtomicFile(path: directory("secret")).commit()
        try AtomicFile(path: directory("fixture"), access: .umask).commit()
        #expect(directory.permissions(of: "secret") == 0o600)
        let mask = umask(0o022)
        umask(mask)
        #expect(directory.permissions(of: "fixture") == Int(0o666 & ~mask))
    }

    @Test func `a link at the target is refused and what it points to is left alone`() throws {
        directory.write("victim", to: "victim")
        directory.link("x", to: directory("victim"))
        #expect(throws: FileError.isLink(path: directory("x"))) { _ = try AtomicFile(path: directory("x")) }
        #expect(directory.isLink("x"))
        #expect(directory.text(of: "victim") == "victim")
        #expect(directory.names.sorted() == ["victim", "x"])
    }

    @Test func `whoever could read the old file can read the new one, and nobody else`() throws {
        for mode: mode_t in [0o600, 0o640, 0o444] {
            directory.write("old", to: "x")
            #expect(chmod(directory("x"), mode) == 0)
            try AtomicFile(path: directory("x"), access: .umask).commit()
            #expect(directory.permissions(of: "x") == Int(mode))
        }
    }

    @Test func `a planted link under the temporary name is passed over`() throws {
        directory.write("victim", to: "victim")
        directory.link(".partial-\(getpid())-0", to: directory("victim"))
        var file = try AtomicFile(path: directory("x"))
        try file.write(Array("new".utf8))
        try file.commit()
        #expect(directory.text(of: "x") == "new")
        #expect(directory.text(of: "victim") == "victim")
    }

    @Test func `two files of one directory do not meet`() throws {
        var first = try AtomicFile(path: directory("1"))
        var second = try AtomicFile(path: directory("2"))
        try first.write(Array("first".utf8))
        try second.write(Array("second".utf8))
        try second.commit()
        try first.commit()
        #expect(directory.text(of: "1") == "first")
        #expect(directory.text(of: "2") == "second")
    }

    @Test(arguments: [
        ("/dev/null", FileError.Kind.device), ("/dev", .directory), ("/dev/", .directory), ("..", .directory),
    ])
    func `a device or a directory is refused at the start`(path: String, kind: FileError.Kind) {
        #expect(throws: FileError.isNoFile(path: path, kind)) { _ = try AtomicFile(path: path) }
    }

    @Test func `a directory that does not exist is named with the target`() {
        let path = directory("missing/x.json")
        let error = #expect(throws: FileError.self) { _ = try AtomicFile(path: path) }
        #expect(error?.description == "\(path): cannot create: No such file or directory")
        directory.write("", to: "file")
        let inside = directory("file/x")
        #expect(throws: FileError.failed(path: inside, .create, code: ENOTDIR)) { _ = try AtomicFile(path: inside) }
        #expect(throws: FileError.failed(path: "", .create, code: ENOENT)) { _ = try AtomicFile(path: "") }
    }

    @Test func `what has settled has all its bytes on disk, and not yet its name`() throws {
        directory.write("old", to: "x")
        var file = try AtomicFile(path: directory("x"))
        try file.write(Array("new".utf8))
        try file.settle()
        #expect(directory.text(of: "x") == "old")
        let beside = try #require(directory.names.first { $0 != "x" })
        #expect(directory.text(of: beside) == "new")
        try file.commit()
        #expect(directory.text(of: "x") == "new")
    }

    @Test func `a directory that cannot be synced is another error than a file: the new file is there`() {
        let nowhere = OwnedDescriptor(-1)
        #expect(throws: FileError.failed(path: "x", .syncDirectory, code: EBADF)) {
            try nowhere.syncDirectory(path: "x")
        }
        #expect(
            "\(FileError.failed(path: "x", .syncDirectory, code: EIO))"
                == "x: cannot sync its directory: Input/output error")
    }

    @Test func `a commit that fails leaves nothing behind`() throws {
        var file = try AtomicFile(path: directory("x"))
        try file.write(Array("new".utf8))
        // In the way since the file was begun.
        mkdir(directory("x"), 0o700)
        var thrown: FileError?
        do { try file.commit() } catch { thrown = error }
        #expect(thrown == .failed(path: directory("x"), .rename, code: EISDIR))
        #expect(directory.names == ["x"])
    }
}
