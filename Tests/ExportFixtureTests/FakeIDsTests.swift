import Hashing
import Testing

@testable import export_fixture

@Suite struct FakeIDsTests {
    @Test func `a fake is 52 bits of the HMAC of the id's digits, above 2^52`() throws {
        var ids = FakeIDs(key: Array("key".utf8))
        // printf 101 | openssl dgst -sha256 -mac HMAC -macopt key:key
        let code = "0680d0be65f84213"
        #expect(hexadecimal(KeyedHash(key: Array("key".utf8)).code(of: Array("101".utf8))).hasPrefix(code))
        let bits = try #require(Int64(code.prefix(13), radix: 16))
        #expect(try ids.fake(of: 101) == 1 << 52 + bits)
    }

    @Test(arguments: [1, 2, 101, 1 << 52, 1 << 53, Int64.max])
    func `an id has the same fake each time, whatever came before, and another under another key`(id: Int64) throws {
        var alone = FakeIDs(key: key)
        var late = FakeIDs(key: key)
        for other in 1000...1100 as ClosedRange<Int64> { _ = try late.fake(of: other) }
        let fake = try alone.fake(of: id)
        #expect(try late.fake(of: id) == fake)
        #expect(try alone.fake(of: id) == fake)
        var other = FakeIDs(key: key + [1])
        #expect(try other.fake(of: id) != fake)
        #expect((1 << 52..<1 << 53).contains(fake))
    }

    @Test func `a fake that is the id of something else ends the run, whichever came first`() throws {
        var first = FakeIDs(key: key)
        let fake = try first.fake(of: 101)
        #expect(throws: FakeIDError.isReal) { _ = try first.fake(of: fake) }
        var second = FakeIDs(key: key)
        _ = try second.fake(of: fake)
        #expect(throws: FakeIDError.isReal) { _ = try second.fake(of: 101) }
        // And it is not forgotten.
        #expect(throws: FakeIDError.isReal) { _ = try second.fake(of: 101) }
    }

    @Test func `an id that would be its own fake ends the run`() {
        var ids = FakeIDs(key: key)
        #expect(throws: FakeIDError.isReal) { try ids.remember(1 << 52, of: 1 << 52) }
    }

    @Test func `one fake for two ids ends the run`() throws {
        var ids = FakeIDs(key: key)
        try ids.remember(1 << 52, of: 1)
        try ids.remember(1 << 52, of: 1)
        #expect(throws: FakeIDError.isTaken) { try ids.remember(1 << 52, of: 2) }
    }

    @Test func `what is said names no id`() {
        for error in [FakeIDError.isReal, .isTaken] {
            #expect(!"\(error)".contains { $0.isNumber })
        }
    }
}
