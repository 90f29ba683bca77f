import Glibc
import Testing

@testable import Files

@Suite struct SmallFileTests {
    private let directory = TemporaryDirectory()

    @Test func `a file may be as large as the limit and not one byte larger`() throws {
        directory.write("12345", to: "token")
        #expect(try readSmallFile(directory("token"), limit: 5) == Array("12345".utf8))
        let path = directory("token")
        #expect(throws: FileError.tooLarge(path: path, limit: 4)) { _ = try readSmallFile(path, limit: 4) }
        directory.write("", to: "empty")
        #expect(try readSmallFile(directory("empty"), limit: 0) == [])
    }

    @Test func `a link is followed, as mounted secrets need it`() throws {
        directory.write("secret", to: "target")
        directory.link("token", to: directory("target"))
        #expect(try readSmallFile(directory("token"), limit: 100) == Array("secret".utf8))
    }

    @Test func `a directory, a missing file and an endless device are errors by name`() {
        #expect(throws: FileError.isNoFile(path: "/tmp", .directory)) { _ = try readSmallFile("/tmp", limit: 10) }
        let path = directory("missing")
        let error = #expect(throws: FileError.self) { _ = try readSmallFile(path, limit: 10) }
        #expect(error?.description == "\(path): cannot open: No such file or directory")
        #expect(throws: FileError.tooLarge(path: "/dev/zero", limit: 100_000)) {
            _ = try readSmallFile("/dev/zero", limit: 100_000)
        }
    }

    @Test func `a pipe that nobody writes to is empty when the patience ends`() throws {
        let path = directory("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try readSmallFile(path, limit: 10, patience: 1) == [])
    }
}
