public import NDJSON

/// What somebody who looked for a delivered event makes of it.
enum Change: Equatable {
    /// It was found.
    case landed
    /// It is missing, and will be sent again.
    case reopened
    /// It is missing, and sending it for ever would help nobody.
    case gone(deliveries: Int)

    /// What follows for an event that is missing after so many deliveries.
    init(afterDeliveries deliveries: Int, atMost most: Int) {
        self = deliveries < most ? .reopened : .gone(deliveries: deliveries)
    }

    var mark: Mark {
        switch self {
        case .landed: .landed
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
    let change: Change
    let time: Timestamp

    /// `{"event":{…},"outcome":"reopened","time":…}`, of the event what makes its identity.
    public func write(to text: inout JSONText) {
        text.object { change.write(event.identity, at: time, to: &$0) }
    }
}

/// Finds the event in a line that is one or, as replay writes them, a result that has one.
struct ReportedEventReader {
    private var reader: EventReader
    private var resultReader: EventReader

    init(_ rule: IdentityRule) {
        reader = EventReader(rule)
        resultReader = EventReader(rule, inside: "event")
    }

    mutating func event(in line: Line) throws(EventError) -> Event {
        do { return try reader.event(line) } catch {
            guard case .missing = error, let event = try? resultReader.event(line) else { throw error }
            return event
        }
    }
}
