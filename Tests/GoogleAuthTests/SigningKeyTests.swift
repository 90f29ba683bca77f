import Testing

@testable import GoogleAuth

@Suite struct SigningKeyTests {
    @Test func `what is signed is verified by the public half, and nothing else is`() throws {
        let key = try #require(SigningKey(pem: TestKey.pem))
        let signature = key.signature(of: Array("header.claims".utf8))
        #expect(signature.count == 256)
        #expect(TestKey.verifies(signature, of: Array("header.claims".utf8)))
        #expect(!TestKey.verifies(signature, of: Array("header.claimz".utf8)))
    }

    @Test func `a text that is no RSA key is none`() {
        #expect(SigningKey(pem: "") == nil)
        #expect(SigningKey(pem: "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n") == nil)
        #expect(SigningKey(pem: String(TestKey.pem.dropLast(40))) == nil)
        #expect(SigningKey(pem: TestKey.ellipticPEM) == nil)
    }
}
