import CCrypto

/// The name of one delivery of one event, for a receiver that wants to tell a repetition from a second delivery.
///
/// It is the same on every attempt, in this run and in later ones, since it is made of nothing but the event's identity
/// and the number of the delivery; after `--reopen` the number is the next one. 128 bits of SHA-256, so that no two
/// deliveries ever share it. Source: Standard Webhooks, `webhook-id`, which is "unique to the message" and has no dot.
public struct DeliveryKey: Equatable, Sendable {
    /// `msg_` and 32 hexadecimal digits.
    public let text: String

    /// - Parameter delivery: Counted from 1.
    init(of identity: Identity, delivery: Int) {
        // What sha256sum(1) can be told: [["activity",101,"create"],1]
        var named: [UInt8] = []
        named.reserveCapacity(identity.text.count + 32)
        named += "[[".utf8
        named += identity.text
        named += "],".utf8
        named += String(delivery).utf8
        named += "]".utf8
        var name: [UInt8] = []
        name.reserveCapacity(36)
        name += "msg_".utf8
        for byte in DeliveryKey.digest(of: named).prefix(16) {
            name.append(DeliveryKey.digits[Int(byte >> 4)])
            name.append(DeliveryKey.digits[Int(byte & 15)])
        }
        text = String(decoding: name, as: UTF8.self)
    }

    private static func digest(of bytes: [UInt8]) -> [UInt8] {
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

    private static let digits = Array("0123456789abcdef".utf8)
}
