public import NDJSON

/// Makes delivered events pending again, since somebody found that they never got where they were to go.
///
/// An event that was delivered as often as is allowed is given up instead: sending it for ever would help nobody.
public struct Reopening: ~Copyable {
    /// What became of the lines so far.
    public private(set) var summary = Summary()

    private let mostDeliveries: Int
    private var reader: EventReader
    private var resultReader: EventReader
    private var journal: Journal

    /// What becomes of an event.
    enum Change: Equatable {
        case reopened
        case gone(deliveries: Int)
    }

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
        reader = EventReader(rule)
        resultReader = EventReader(rule, inside: "event")
        self.journal = journal
    }

    /// Takes up each event, or result with an event in it, that `edge` has.
    ///
    /// Throws what `edge` throws, and `JournalError` when something could not be made durable.
    public mutating func run(_ edge: inout some DeliveryEdge & ~Copyable) throws {
        defer { summary.rejected = edge.skipped }
        while let line = try edge.nextLine() {
            let event: Event
            do { event = try self.event(in: line) } catch {
                try edge.skip(line, error)
                continue
            }
            let state = journal.history.state(of: event.identity)
            guard state.settlement == .delivered else {
                summary.unchanged += 1
                continue
            }
            let deliveries = Int(state.deliveries)
            let change = deliveries < mostDeliveries ? Change.reopened : .gone(deliveries: deliveries)
            let time = edge.wallTime.wholeSeconds
            try journal.record(change, of: event, at: time)
            try edge.write(ChangeLine(event: event, change: change, time: time))
            switch change {
            case .reopened: summary.reopened += 1
            case .gone: summary.gone += 1
            }
        }
    }

    /// The line is an event or, as replay writes them, a result that has one.
    private mutating func event(in line: Line) throws(EventError) -> Event {
        do { return try reader.event(line) } catch {
            guard case .missing = error, let event = try? resultReader.event(line) else { throw error }
            return event
        }
    }
}

extension Reopening.Change {
    var mark: Mark {
        switch self {
        case .reopened: .reopened
        case .gone: .gone
        }
    }

    /// The members of the journal's record, and of the line that goes to stdout.
    func write(_ identity: Identity, at time: Timestamp, to text: inout JSONText) {
        text.begin(mark, identity, at: time)
        if case .gone(let deliveries) = self {
            text.member("deliveries", Int64(deliveries))
            text.member("reason", "delivered \(deliveries == 1 ? "once" : "\(deliveries) times"), and missing")
        }
    }
}

/// What goes to stdout for each event that was reopened or given up.
public struct ChangeLine: JSONRecord {
    let event: Event
    let change: Reopening.Change
    let time: Timestamp

    /// `{"event":{…},"outcome":"reopened","time":…}`, of the event what makes its identity.
    public func write(to text: inout JSONText) {
        text.object { change.write(event.identity, at: time, to: &$0) }
    }
}

extension Reopening.Summary: CustomStringConvertible {
    /// `7 read: 3 reopened, 1 gone, 3 not delivered, 0 rejected`.
    public var description: String {
        let read = reopened + gone + unchanged + rejected
        return "\(read) read: \(reopened) reopened, \(gone) gone, \(unchanged) not delivered, \(rejected) rejected"
    }
}
