import Hashing

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
        text = "msg_" + hexadecimal(Checksum.digest(of: named).prefix(16))
    }
}
