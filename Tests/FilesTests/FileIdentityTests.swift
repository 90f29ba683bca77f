import Glibc
import Testing

@testable import Files

@Suite struct FileIdentityTests {
    private let directory = TemporaryDirectory()

    @Test func `one file under two names is one file`() throws {
        directory.write("", to: "a")
        directory.write("", to: "b")
        directory.link("link", to: directory("a"))
        link(directory("a"), directory("hard"))
        let identity = try FileIdentity(path: directory("a"))
        #expect(try FileIdentity(path: directory.path + "/./a") == identity)
        #expect(try FileIdentity(path: directory("link")) == identity)
        #expect(try FileIdentity(path: directory("hard")) == identity)
        #expect(try AppendFile(path: directory("a")).identity == identity)
        #expect(try FileIdentity(path: directory("b")) != identity)
        #expect(identity.isRegular)
    }

    @Test func `a file that does not exist yet is known by its directory and its name`() throws {
        let identity = try FileIdentity(path: directory("new"))
        #expect(try FileIdentity(path: directory.path + "/./new") == identity)
        #expect(try FileIdentity(path: directory("newer")) != identity)
        #expect(identity.isRegular)
        let path = directory("missing/new")
        #expect(throws: FileError.failed(path: path, .open, code: ENOENT)) { _ = try FileIdentity(path: path) }
    }

    @Test func `a device is no file on disk`() throws {
        #expect(try !FileIdentity(path: "/dev/null").isRegular)
        #expect(throws: FileError.failed(path: "stdin", .open, code: EBADF)) {
            _ = try FileIdentity(descriptor: -1, path: "stdin")
        }
    }
}
