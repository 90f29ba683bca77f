import CCrypto

/// HMAC-SHA-256 under one key. Source: RFC 2104.
///
/// A class (rule 10), since the key behind libcrypto's handle has one end, in `deinit`, which wipes it.
public final class KeyedHash {
    // Invariant: made in init, freed in deinit, never handed out.
    private let context: OpaquePointer

    /// The key is copied; it may have any length.
    public init(key: [UInt8]) {
        // Invariant: libcrypto reads `count` bytes while the array is ours, and keeps a copy.
        guard let context = key.withUnsafeBytes({ crypto_hmac_sha256($0.baseAddress, $0.count) }) else {
            preconditionFailure("libcrypto has HMAC-SHA-256, and memory for it")
        }
        self.context = context
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// The 32 bytes that `message` gives under the key.
    public func code(of message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var count = 0
        // Invariant: libcrypto reads `message.count` bytes and writes at most `code.count`, while the arrays are ours.
        // Without a key it begins anew with the one that it has.
        let isDone =
            EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, message, message.count) == 1
            && EVP_MAC_final(context, &code, &count, code.count) == 1
        precondition(isDone && count == code.count, "libcrypto computes what it was made for")
        return code
    }
}
