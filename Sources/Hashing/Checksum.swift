import CCrypto

/// SHA-256 over bytes that come in pieces. Source: FIPS 180-4.
public struct Checksum: ~Copyable {
    // Invariant: made in init, freed in deinit, never handed out.
    private let context: OpaquePointer

    /// Of no bytes so far.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Checksum.algorithm, nil) == 1 else {
            preconditionFailure("libcrypto has SHA-256, and memory for it")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next piece.
    public mutating func add(_ bytes: Span<UInt8>) {
        // Invariant: libcrypto reads `count` bytes while the span is borrowed, and keeps none.
        let isDone = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(isDone == 1, "a digest takes bytes until it has ended")
    }

    /// The 32 bytes for all pieces together.
    public consuming func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        // Invariant: libcrypto writes SHA256_DIGEST_LENGTH bytes, while the array is ours.
        let isDone = digest.withUnsafeMutableBufferPointer { EVP_DigestFinal_ex(context, $0.baseAddress, nil) }
        precondition(isDone == 1, "a digest ends once")
        return digest
    }

    /// The 32 bytes for a text that is there as a whole.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        // Invariant: libcrypto reads `count` bytes and writes SHA256_DIGEST_LENGTH, both while the arrays are ours.
        let isDone = bytes.withUnsafeBufferPointer { bytes in
            digest.withUnsafeMutableBufferPointer {
                EVP_Digest(bytes.baseAddress, bytes.count, $0.baseAddress, nil, algorithm, nil)
            }
        }
        precondition(isDone == 1, "libcrypto has SHA-256, and memory for it")
        return digest
    }

    /// Looked up once: libcrypto's one call for a digest would do that for each, which takes longer than the digest.
    // Invariant: nobody frees it, and libcrypto changes nothing in it, so that any thread may use it.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
}

/// Two lower-case digits for each byte, as `sha256sum` prints them.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
