// What follows when delivered events were looked for where they were to go. It promises:
// (1) While fewer than `leastLanded` of the events that were delivered once have landed, and more are missing than chance
//     explains, nothing changes: it is not the events that fail then but what carries them, and whatever is sent next
//     would be lost too.
// (2) No event is given up while it may only be late: one that was delivered after it, in the journal's order, has landed,
//     or it is older than what carries events keeps any.
// (3) Only what was looked for is decided on: a record that is no longer the event's last, since it was delivered again, is
//     passed over, and where the two inputs do not belong together nothing changes.
// (4) What a crash leaves undone is looked up, and decided, once more.
import Files
import NDJSON

/// Decides about delivered events by what was looked for and what of it is missing.
public struct Verification: ~Copyable {
    /// What a pipeline is held to.
    public struct Terms: Sendable {
        /// An event that was delivered so often, and is missing, is not sent again.
        public var mostDeliveries = 2
        /// So much of what was delivered once has to have landed, chance aside.
        public var leastLanded = Percentage.ninety

        /// Two deliveries, and nine of ten.
        public init() {}

        /// Fewer that are missing say nothing about a pipeline: each of them may have been deleted since.
        static let fewestMissing = 5
        /// A pipeline that loses nearly what it may must not look broken each time that a window has bad luck: what is
        /// looked up today is looked up until somebody comes. Of a thousand windows one has so much of it.
        static let deviations = 3
        /// A message that waits longer is dropped. Source: cloud.google.com/pubsub/docs/subscription-properties, message
        /// retention duration: seven days when nobody sets another.
        static let longestOnTheWay: Int64 = 7 * 86_400
    }

    /// What the look found, and what became of it.
    public struct Finding: Equatable, Sendable {
        /// Delivered events that were looked for.
        public var lookedUp: Int { landed + missing }
        /// Of them those that were found.
        public internal(set) var landed = 0
        /// And those that were not.
        public internal(set) var missing = 0
        /// Missing, and to be sent again.
        public internal(set) var reopened = 0
        /// Missing, and given up.
        public internal(set) var gone = 0
        /// Missing after their last delivery, and perhaps only late.
        public internal(set) var held = 0
        /// Not as the journal has them any more.
        public internal(set) var stale = 0
        /// Events that were delivered once: those that tell of the pipeline, and not of themselves.
        var fresh = 0
        var freshLanded = 0
        /// The place in the journal of the last delivery that landed.
        var lastLanded = -1

        /// Of the events that were delivered once, how many landed.
        public var firstDeliveries: (landed: Int, of: Int) { (freshLanded, fresh) }
    }

    /// What the last look found.
    public private(set) var finding = Finding()

    private let terms: Terms
    private let rule: IdentityRule
    private var journal: Journal

    /// A verification of what `journal` has as delivered.
    public init(_ journal: consuming Journal, rule: IdentityRule, terms: Terms) {
        self.terms = terms
        self.rule = rule
        self.journal = journal
    }

    /// Decides, and returns whether it did: not so where the pipeline, and not an event, is to blame.
    ///
    /// `edge` has the events that are missing, `path` names the file of the results that were looked for, as a report of
    /// the journal at `journalPath` has them. Throws what `edge` throws, `LookedUpError`, and `JournalError` when something
    /// could not be made durable.
    public mutating func run(
        journalAt journalPath: String, lookedUp path: String, _ edge: inout some DeliveryEdge & ~Copyable
    ) throws -> Bool {
        let missing = try missingEvents(&edge)
        let deliveries = try Verification.lastDeliveries(inJournalAt: journalPath)
        try look(for: missing, in: LookedUp(path: path, rule: rule), deliveries)
        guard isTrustworthy else { return false }
        try decide(on: missing, in: LookedUp(path: path, rule: rule), deliveries, &edge)
        return true
    }

    private mutating func missingEvents(_ edge: inout some DeliveryEdge & ~Copyable) throws -> Set<Fingerprint> {
        var reader = ReportedEventReader(rule)
        var missing: Set<Fingerprint> = []
        while let line = try edge.nextLine() {
            do { missing.insert(try reader.event(in: line).identity.fingerprint) } catch { try edge.skip(line, error) }
        }
        // Whatever such a line was to say, its event would pass for one that landed.
        guard edge.skipped == 0 else { throw LookedUpError.badLines(edge.skipped) }
        return missing
    }

    /// The last records of all events that are delivered, each with its place in the journal.
    private static func lastDeliveries(inJournalAt path: String) throws -> [Fingerprint: Int] {
        var places: [Fingerprint: Int] = [:]
        try JournalExtract(journalAt: path, of: .delivered, until: nil, report: { _ in }).forEach {
            places[Fingerprint(of: Array($0.bytes))] = places.count
        }
        return places
    }

    private mutating func look(
        for missing: Set<Fingerprint>, in lookedUp: consuming LookedUp, _ deliveries: [Fingerprint: Int]
    ) throws {
        var finding = Finding()
        var (rest, unseen) = (deliveries, missing)
        while let (event, _) = try lookedUp.next() {
            unseen.remove(event.identity.fingerprint)
            // What stands twice is counted once.
            guard let place = rest.removeValue(forKey: event.lineFingerprint) else {
                if deliveries[event.lineFingerprint] == nil { finding.stale += 1 }
                continue
            }
            let hasLanded = !missing.contains(event.identity.fingerprint)
            if hasLanded { finding.landed += 1 } else { finding.missing += 1 }
            if journal.history.state(of: event.identity).deliveries == 1 {
                finding.fresh += 1
                if hasLanded { finding.freshLanded += 1 }
            }
            if hasLanded { finding.lastLanded = max(finding.lastLanded, place) }
        }
        guard unseen.isEmpty else { throw LookedUpError.notLookedUp(unseen.count) }
        self.finding = finding
    }

    private var isTrustworthy: Bool {
        finding.fresh - finding.freshLanded < Terms.fewestMissing
            || terms.leastLanded.isReached(by: finding.freshLanded, of: finding.fresh, within: Terms.deviations)
    }

    private mutating func decide(
        on missing: Set<Fingerprint>, in lookedUp: consuming LookedUp, _ deliveries: [Fingerprint: Int],
        _ edge: inout some DeliveryEdge & ~Copyable
    ) throws {
        let now = edge.wallTime.wholeSeconds
        while let (event, time) = try lookedUp.next() {
            let state = journal.history.state(of: event.identity)
            // One that stands twice was decided on further up.
            guard state.settlement == .delivered, let place = deliveries[event.lineFingerprint] else { continue }
            guard missing.contains(event.identity.fingerprint) else {
                try journal.recordLanding(of: event, at: now)
                continue
            }
            let change = Change(afterDeliveries: Int(state.deliveries), atMost: terms.mostDeliveries)
            if change != .reopened, place > finding.lastLanded, !Verification.isOld(time, at: now) {
                finding.held += 1
                continue
            }
            try journal.record(change, of: event, at: now)
            try edge.write(ChangeLine(event: event, change: change, time: now))
            if change == .reopened { finding.reopened += 1 } else { finding.gone += 1 }
        }
        try journal.sync()
    }

    /// Whether an event that was delivered at `time` cannot be on its way any more.
    private static func isOld(_ time: Int64?, at now: Timestamp) -> Bool {
        time.map { now.unixSeconds - $0 >= Terms.longestOnTheWay } ?? false
    }
}

extension Event {
    /// What tells the line apart from all others.
    fileprivate var lineFingerprint: Fingerprint { Fingerprint(of: line.bytes) }
}

extension Verification.Finding: CustomStringConvertible {
    /// `400 looked up: 380 landed, 18 reopened, 2 gone`; and those that are held or stale, where there are any.
    public var description: String {
        "\(lookedUp) looked up: \(landed) landed, \(reopened) reopened, \(gone) gone"
            + (held > 0 ? ", \(held) held" : "") + (stale > 0 ? ", \(stale) no longer as the checkpoint has them" : "")
    }
}
