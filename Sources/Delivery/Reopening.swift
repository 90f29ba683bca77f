import NDJSON

/// Makes delivered events pending again, since somebody found that they never got where they were to go.
///
/// An event that was delivered as often as is allowed is given up instead: sending it for ever would help nobody.
public struct Reopening: ~Copyable {
    /// What became of the lines so far.
    public private(set) var summary = Summary()

    private let mostDeliveries: Int
    private var reader: ReportedEventReader
    private var journal: Journal

    /// The lines that were read, each in one place.
    public struct Summary: Equatable, Sendable {
        /// Will be sent again.
        public fileprivate(set) var reopened = 0
        /// Given up.
        public fileprivate(set) var gone = 0
        /// Not delivered, or counted further up: nothing to do.
        public fileprivate(set) var unchanged = 0
        /// No events, nor results.
        public fileprivate(set) var rejected = 0
    }

    /// - Parameter mostDeliveries: An event that was delivered so often is gone.
    public init(_ journal: consuming Journal, rule: IdentityRule, mostDeliveries: Int) {
        self.mostDeliveries = mostDeliveries
        reader = ReportedEventReader(rule)
        self.journal = journal
    }

    /// Takes up each event, or result with an event in it, that `edge` has.
    ///
    /// Throws what `edge` throws, and `JournalError` when something could not be made durable.
    public mutating func run(_ edge: inout some DeliveryEdge & ~Copyable) throws {
        defer { summary.rejected = edge.skipped }
        while let line = try edge.nextLine() {
            let event: Event
            do { event = try reader.event(in: line) } catch {
                try edge.skip(line, error)
                continue
            }
            let state = journal.history.state(of: event.identity)
            guard state.settlement.isTaken else {
                summary.unchanged += 1
                continue
            }
            let change = Change(afterDeliveries: Int(state.deliveries), atMost: mostDeliveries)
            let time = edge.wallTime.wholeSeconds
            try journal.record(change, of: event, at: time)
            try edge.write(ChangeLine(event: event, change: change, time: time))
            if change == .reopened { summary.reopened += 1 } else { summary.gone += 1 }
        }
    }
}

extension Reopening.Summary: CustomStringConvertible {
    /// `7 read: 3 reopened, 1 gone, 3 not delivered, 0 rejected`.
    public var description: String {
        let read = reopened + gone + unchanged + rejected
        return "\(read) read: \(reopened) reopened, \(gone) gone, \(unchanged) not delivered, \(rejected) rejected"
    }
}
