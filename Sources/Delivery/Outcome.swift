public import HTTP
public import NDJSON

/// What became of an event, for good.
public enum Outcome: Equatable, Sendable {
    /// Answered with this 2xx.
    case delivered(status: Int)
    /// Not taken, and not tried again unless somebody asks for it.
    case failed(Reason)

    /// The word in the journal and in result lines.
    var name: String {
        switch self {
        case .delivered: "delivered"
        case .failed: "failed"
        }
    }

    var isDelivered: Bool {
        switch self {
        case .delivered: true
        case .failed: false
        }
    }

    /// In how many runs the event used up its attempts, when that is why it failed.
    var runs: Int? {
        if case .failed(.usedUp(let runs, _)) = self { runs } else { nil }
    }
}

/// Why an attempt did not deliver.
public enum Reason: Equatable, Sendable {
    /// An answer that is no 2xx, with the beginning of its body.
    case answered(status: Int, Excerpt)
    /// A redirection, which is never followed.
    case redirected(status: Int, to: Excerpt)
    /// No answer.
    case unanswered(HTTPError)
    /// All attempts used up in so many runs; the last one ended like this.
    indirect case usedUp(runs: Int, Reason)
}

extension Reason {
    /// The answer's status, when there was one.
    var status: Int? {
        switch self {
        case .answered(let status, _), .redirected(let status, _): status
        case .unanswered: nil
        case .usedUp(_, let last): last.status
        }
    }

    /// Whether the other side may have seen the event. If not, the event cannot be to blame.
    public var mayHaveArrived: Bool {
        switch self {
        case .answered, .redirected: true
        case .unanswered(let error): error.requestMayHaveBeenSent
        case .usedUp(_, let last): last.mayHaveArrived
        }
    }
}

extension Reason: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .answered(let status, let body):
            body.description.isEmpty ? "answered \(status)" : "answered \(status): \(body)"
        case .redirected(let status, let location): "answered \(status): not followed: \(location)"
        case .unanswered(let error): "\(error)"
        case .usedUp(let runs, let last): "all attempts used up in \(runs) runs: \(last)"
        }
    }
}

/// How an event was settled: all that a result line says beside the event itself.
public struct Receipt: Equatable, Sendable {
    /// What became of it.
    public let outcome: Outcome
    /// When.
    public let time: Timestamp
    /// Attempts in this run.
    public let attempts: Int
    /// How long the last attempt took; nil when nothing was answered.
    public let elapsed: Duration?
    /// The name under which the other side knows the event, if its answer had one.
    public let correlationID: String?
    /// Whether the event may have arrived before: an earlier attempt got no answer.
    public internal(set) var mayBeDuplicate = false

    /// A receipt with everything that there is.
    public init(
        outcome: Outcome, time: Timestamp, attempts: Int, elapsed: Duration? = nil, correlationID: String? = nil
    ) {
        self.outcome = outcome
        self.time = time
        self.attempts = attempts
        self.elapsed = elapsed
        self.correlationID = correlationID
    }

    /// A receipt that says of the answer what a result line says of it.
    init(_ outcome: Outcome, at time: Timestamp, attempts: Int, answer: Response?) {
        // Only a number or a text is a name; whatever else stands there is not for us.
        let name = answer.flatMap { try? Fields(parsing: $0.body, at: Receipt.paths) }?[0]
        self.init(
            outcome: outcome, time: time, attempts: attempts, elapsed: answer?.elapsed,
            correlationID: (name?.string ?? name?.integer.map(String.init)).map { Excerpt($0).description })
    }

    private static let paths = FieldPaths(["correlation_id"])

    /// Appends the members of a result line behind `event`.
    func writeMembers(to text: inout JSONText) {
        text.member("outcome", outcome.name)
        text.member("time", time)
        switch outcome {
        case .delivered(let status): text.member("status", Int64(status))
        case .failed(let reason): if let status = reason.status { text.member("status", Int64(status)) }
        }
        text.member("attempts", Int64(attempts))
        if let runs = outcome.runs { text.member("runs", Int64(runs)) }
        if let elapsed {
            let (seconds, attoseconds) = elapsed.components
            text.member("elapsed_ms", seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
        if let correlationID { text.member("correlation_id", correlationID) }
        if mayBeDuplicate { text.member("may_be_duplicate", true) }
        if case .failed(let reason) = outcome { text.member("reason", reason.description) }
    }
}

/// The record that goes to stdout for each event that this run settled.
public struct ResultLine: JSONRecord {
    let event: Event
    let receipt: Receipt

    /// `{"event":{…},"outcome":"delivered",…}`, the event as it stood in the input.
    public func write(to text: inout JSONText) {
        text.object { text in
            text.member("event", event.object)
            receipt.writeMembers(to: &text)
        }
    }
}

extension Timestamp {
    /// Floored to the second: nobody looks for a delivery by its microseconds.
    var wholeSeconds: Timestamp { Timestamp(unixSeconds: unixSeconds) ?? self }
}
