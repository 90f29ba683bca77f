/// What became of the lines that a run has read. Every line is in exactly one place, so that the sum is always right.
public struct Summary: Equatable, Sendable {
    /// Sent, and answered with a 2xx.
    public var delivered = 0
    /// Refused for good.
    public var failed = 0
    /// Delivered or failed in an earlier run, or counted further up in this input.
    public var alreadySettled = 0
    /// Given up in an earlier run: delivered as often as is allowed, and missing all the same. Never counted as done.
    public var gone = 0
    /// Lines that are no events.
    public var rejected = 0
    /// Events that wait for the next run.
    public var pending = 0

    /// A run that has read nothing yet.
    public init() {}

    /// All lines.
    public var read: Int { delivered + failed + alreadySettled + gone + rejected + pending }

    /// Moves an event from those that wait to those that this run settled.
    mutating func settle(_ outcome: Outcome) {
        pending -= 1
        switch outcome {
        case .delivered: delivered += 1
        case .failed: failed += 1
        }
    }
}

extension Summary: CustomStringConvertible {
    /// `7 read: 3 delivered, 1 failed, 2 already settled, 0 rejected, 1 pending`; and those that are gone, where there are any.
    public var description: String {
        "\(read) read: \(delivered) delivered, \(failed) failed, \(alreadySettled) already settled, \(wordsOnGone)"
            + "\(rejected) rejected, \(pending) pending"
    }

    /// `2 gone, `; empty where none is.
    public var wordsOnGone: String { gone == 0 ? "" : "\(gone) gone, " }
}
