import NDJSON

/// Looks at events before they are sent: what is out of order, and what the dispatcher would refuse.
///
/// Of Strava's events alone; of others nothing is known, and nothing said. The dispatcher's decoder takes a zero for a
/// field that is missing.
public struct Inspection {
    /// Why the dispatcher refuses an event.
    public struct Objection: Equatable, Sendable {
        /// In the input, from 1.
        public let line: Int
        /// `event_time: zero`.
        public let words: String
    }

    /// Events that are older than the one before them.
    public private(set) var outOfOrder = 0
    /// The line of the first of them.
    public private(set) var firstOutOfOrder: Int?
    /// Events that the dispatcher refuses.
    public private(set) var refused = 0
    /// The first of them.
    public private(set) var objections: [Objection] = []

    /// So many objections are kept.
    public static let mostObjections = 10

    private let isWebhook: Bool
    private let paths = FieldPaths(Inspection.required)
    private var lastTime = Int64.min

    private static let required = ["event_time", "object_id", "owner_id", "subscription_id"]

    /// - Parameter rule: How the events are told apart, which says whose they are.
    public init(of rule: IdentityRule) {
        isWebhook = rule.isWebhook
    }

    /// Looks at the next event that is to be sent.
    public mutating func look(at event: Event) {
        guard isWebhook, let fields = try? event.line.fields(at: paths) else { return }
        let number = event.line.number
        if let time = fields[0]?.integer {
            if time < lastTime {
                outOfOrder += 1
                firstOutOfOrder = firstOutOfOrder ?? number
            }
            lastTime = time
        }
        guard let words = Inspection.objection(to: fields) else { return }
        refused += 1
        if objections.count < Inspection.mostObjections { objections.append(Objection(line: number, words: words)) }
    }

    private static func objection(to fields: Fields) -> String? {
        for (index, name) in required.enumerated() {
            switch fields[index] {
            case nil: return "\(name): missing"
            case let value? where value.kind == .null: return "\(name): null"
            case let value?:
                guard value.kind == .number, let number = value.integer else {
                    return "\(name): not an integer: \(value.excerpt)"
                }
                if number == 0 { return "\(name): zero" }
            }
        }
        return nil
    }
}
