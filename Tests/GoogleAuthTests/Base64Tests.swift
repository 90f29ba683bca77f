import Testing

@testable import GoogleAuth

@Suite struct Base64Tests {
    // RFC 4648, 10.
    @Test(arguments: zip(["", "f", "fo", "foo", "foob"], ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]))
    func `texts are encoded as in the RFC, padded or not`(text: String, encoded: String) {
        #expect(Base64.encoded(text.utf8) == encoded)
        #expect(Base64.urlEncoded(text.utf8) == encoded.filter { $0 != "=" })
    }

    @Test func `the alphabet of tokens has a hyphen and an underscore`() {
        #expect(Base64.encoded([0xFB, 0xEF, 0xFF]) == "++//")
        #expect(Base64.urlEncoded([0xFB, 0xEF, 0xFF]) == "--__")
        #expect(Base64.urlDecoded("++//") == nil)
        #expect(Base64.urlDecoded("Zg==") == nil)
    }

    @Test(arguments: 0...100)
    func `what is encoded comes back`(seed: UInt64) {
        var state = seed &+ 1
        let bytes = (0..<seed).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        #expect(Base64.urlDecoded(Base64.urlEncoded(bytes)) == bytes)
    }
}
