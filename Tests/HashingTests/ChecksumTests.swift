import Testing

@testable import Hashing

@Suite struct ChecksumTests {
    /// Source: NIST, "Examples with Intermediate Values", SHA-256.
    private static let examples = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: examples)
    func `a text has the checksum that NIST says, as a whole and byte by byte`(text: String, expected: String) {
        #expect(hexadecimal(Checksum.digest(of: Array(text.utf8))) == expected)
        var checksum = Checksum()
        for byte in text.utf8 { checksum.add([byte].span) }
        #expect(hexadecimal(checksum.digest()) == expected)
    }

    @Test func `a byte has two lower-case digits`() {
        #expect(hexadecimal([0, 9, 10, 0xAB, 0xFF]) == "00090aabff")
    }
}
