import CCrypto

/// A private RSA key, which signs.
///
/// A class (rule 10), since credentials are copied and the key behind libcrypto's handle has one end, in `deinit`.
final class SigningKey {
    // Invariant: made in init, freed in deinit, never handed out.
    private let key: OpaquePointer

    // A shorter key has no room for the padding; Google's own have 2048.
    private static let fewestBits: Int32 = 1024

    /// The key in a PEM text, PKCS#8 as Google writes it or PKCS#1; nil for any other text, for a key that is not RSA, and
    /// for one that is too short to sign with.
    init?(pem: String) {
        var text = Array(pem.utf8)
        // Invariant: libcrypto reads `count` bytes, all of them the array's, and is done before the closure returns.
        let key = text.withUnsafeMutableBytes { bytes in
            defer { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
            return crypto_read_private_key(bytes.baseAddress, Int32(clamping: bytes.count))
        }
        guard let key else { return nil }
        self.key = key
        // A stored handle is what deinit frees, also when the initialiser gives up from here on.
        guard crypto_is_rsa(key) == 1, EVP_PKEY_get_bits(key) >= SigningKey.fewestBits else { return nil }
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of `message` as RS256 wants it: PKCS#1 v1.5 over SHA-256. Source: RFC 7518, 3.3.
    func signature(of message: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { preconditionFailure("libcrypto cannot sign with an RSA key: out of memory") }
        var signature = [UInt8](repeating: 0, count: count)
        // Invariant: libcrypto said above how many bytes there will be, and the array has as many.
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            preconditionFailure("libcrypto cannot sign with an RSA key that it has just measured")
        }
        return Array(signature[..<count])
    }
}
