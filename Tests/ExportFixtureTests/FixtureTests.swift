import Files
import Foundation
import Glibc
import Hashing
import NDJSON
import TestSupport
import Testing

@testable import export_fixture

@Suite struct FixtureTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("x").path
    }

    private func write(_ records: [String], format: FixtureFormat = .json) throws {
        var fixture = try Fixture(path: path, format: format)
        for record in records { try fixture.append(Array(record.utf8).span) }
        try fixture.commit(Provenance(path: path, skipped: 0, policySHA256: nil, report: nil))
    }

    private func contents(_ suffix: String = "") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + suffix)))
    }

    @Test(arguments: [FixtureFormat.json, .ndjson], [0, 1, 2, 50_000])
    func `the provenance has rows, size and checksum of the file`(format: FixtureFormat, count: Int) throws {
        try write([String](repeating: #"{"id":1}"#, count: count), format: format)
        let file = try contents()
        let provenance = try JSONValue(parsing: contents(".provenance.json"))
        #expect(provenance["rows"]?.integer == Int64(count))
        #expect(provenance["bytes"]?.integer == Int64(file.count))
        #expect(provenance["sha256"]?.string == hexadecimal(Checksum.digest(of: file)))
        #expect(provenance["format"]?.string == format.rawValue)
    }

    @Test func `a fixture that is not committed changes neither file and leaves none`() throws {
        try write([#"{"id":1}"#])
        let old = (try contents(), try contents(".provenance.json"))
        do {
            var fixture = try Fixture(path: path, format: .json)
            try fixture.append(Array(#"{"id":2}"#.utf8).span)
        }
        #expect(try contents() == old.0)
        #expect(try contents(".provenance.json") == old.1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)
    }

    @Test func `a provenance that cannot be made leaves the fixture alone, too`() throws {
        try FileManager.default.createSymbolicLink(atPath: path + ".provenance.json", withDestinationPath: "/dev/null")
        #expect(throws: FixtureError.unchanged(.isLink(path: path + ".provenance.json"))) { try write([]) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["x.provenance.json"])
    }

    @Test func `a fixture that cannot take its name leaves the old provenance`() throws {
        try write([#"{"id":1}"#])
        let old = try contents(".provenance.json")
        let fixture = try Fixture(path: path, format: .json)
        // In the way since the fixture was begun.
        unlink(path)
        mkdir(path, 0o700)
        var thrown: FixtureError?
        do { try fixture.commit(Provenance(path: path, skipped: 0, policySHA256: nil, report: nil)) } catch {
            thrown = error
        }
        #expect(thrown == .unchanged(.failed(path: path, .rename, code: EISDIR)))
        #expect(try contents(".provenance.json") == old)
    }

    @Test func `a provenance that cannot take its name is told as the new fixture's`() throws {
        var fixture = try Fixture(path: path, format: .json)
        try fixture.append(Array(#"{"id":2}"#.utf8).span)
        mkdir(path + ".provenance.json", 0o700)
        var thrown: FixtureError?
        do { try fixture.commit(Provenance(path: path, skipped: 0, policySHA256: nil, report: nil)) } catch {
            thrown = error
        }
        #expect(thrown == .incomplete(.failed(path: path + ".provenance.json", .rename, code: EISDIR)))
        #expect(thrown?.wayOut.hasPrefix("the fixture is the new one") == true)
        #expect(try contents() == Array("[\n{\"id\":2}\n]\n".utf8))
    }
}
