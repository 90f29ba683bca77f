/// 128 bits that stand for an event's identity, so that a journal of a million events fits in memory.
///
/// Two events with one fingerprint would make the second look delivered, so the chance of it has to be nothing at all.
/// `Hasher` is SipHash with a key that is random for each process; SipHash is built as a pseudorandom function, so two of
/// its results over different texts ("0" and "1" before the identity) are 128 bits that nobody can steer without the
/// key. For n events the chance of any collision is below n² / 2¹²⁹: for ten million 1.5 · 10⁻²⁵. That the key is another
/// one in each process does no harm: fingerprints are never written down, the journal has the identities themselves.
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
struct Fingerprint: Hashable, Sendable {
    private let low: Int
    private let high: Int

    init(of identity: [UInt8]) {
        low = Fingerprint.half(0, identity)
        high = Fingerprint.half(1, identity)
    }

    private static func half(_ prefix: UInt8, _ identity: [UInt8]) -> Int {
        var hasher = Hasher()
        hasher.combine(prefix)
        // Invariant: the array is not changed inside the closure, and the hasher keeps no pointer.
        identity.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// One half is as good as both for finding a place in a table.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
