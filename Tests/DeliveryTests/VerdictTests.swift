import HTTP
import NDJSON
import TestServer
import Testing

@testable import Delivery

/// The table of `Verdict.swift`, each row by a run that meets such an answer.
@Suite struct VerdictTests {
    private let run: DeliveryRun

    init() throws {
        run = try DeliveryRun()
    }

    /// What a run shows of a row.
    struct Row: CustomTestStringConvertible, Sendable {
        var verdict: String
        /// What the server does.
        var steps: [Step] = []
        /// What the transport says instead, where no server can be made to say it.
        var error: HTTPError?
        /// Where the first event stands after one run of two attempts.
        var settlement: Settlement
        /// How often the first event was sent, two attempts being allowed.
        var requests = 1
        /// Whether the run went on to the second event.
        var goesOn: Bool
        /// The calls in the ledger for the first event, one for each attempt.
        var charged: Int

        var testDescription: String { verdict }
    }

    private static func error(_ fact: HTTPError.Fact, sent: Bool) -> HTTPError {
        HTTPError(peer: "peer", fact: fact, requestMayHaveBeenSent: sent)
    }

    static let rows = [
        Row(verdict: "taken", steps: [.answer(201)], settlement: .delivered, goesOn: true, charged: 1),
        Row(verdict: "unavailable", steps: [.answer(503)], settlement: .pending, requests: 2, goesOn: true, charged: 2),
        Row(
            verdict: "postponed", steps: [.answer(429, headers: ["Retry-After: 901"])], settlement: .pending,
            goesOn: false, charged: 1),
        Row(
            verdict: "unreached", error: error(.refused, sent: false), settlement: .pending, requests: 2, goesOn: true,
            charged: 0),
        Row(verdict: "unanswered", steps: [.close], settlement: .pending, requests: 2, goesOn: true, charged: 2),
        Row(verdict: "refused", steps: [.answer(422)], settlement: .failed, goesOn: true, charged: 1),
        Row(
            verdict: "refused", steps: [.answer(307, headers: ["Location: /x"])], settlement: .failed, goesOn: true,
            charged: 1),
        Row(verdict: "unwelcome", steps: [.answer(401)], settlement: .pending, goesOn: false, charged: 1),
        Row(
            verdict: "distrusted", error: error(.tls(why: "x"), sent: false), settlement: .pending, goesOn: false,
            charged: 0),
        Row(
            verdict: "impossible", error: error(.badURL(why: "x"), sent: false), settlement: .pending, goesOn: false,
            charged: 0),
        Row(
            verdict: "interrupted", error: error(.interrupted, sent: true), settlement: .pending, goesOn: false,
            charged: 1),
        Row(
            verdict: "interrupted", error: error(.interrupted, sent: false), settlement: .pending, goesOn: false,
            charged: 0),
    ]

    @Test(arguments: rows) func `what an answer means is what the run does`(row: Row) throws {
        let steps = row.steps
        let first = event(1)
        let server = ScriptedServer { $0.body == Array(first.utf8) ? steps : [.answer(201)] }
        let seen = try run([event(1), event(2)], to: server) { setup in
            setup.limits.attempts = 2
            setup.budget = try? Budget([try Quota("100/15m")])
            setup.failure = { $0.body == Array(first.utf8) ? row.error : nil }
        }
        let history = try History(journalAt: run.journalPath) { _ in }
        var settlement = Settlement.gone
        try withEvents(first) { settlement = history.state(of: $0.identity).settlement }
        #expect(settlement == row.settlement)
        #expect(seen.attempts(of: first) == row.requests)
        #expect((seen.ending == .finished) == row.goesOn, "\(String(describing: seen.ending))")
        let charges = run.ledgerPath.fileContents.split(separator: "\n").dropFirst()
        let sum = charges.count { $0.contains(#""charge":1,"#) } - charges.count { $0.contains(#""charge":-1,"#) }
        #expect(sum == row.charged + (row.goesOn ? 1 : 0))
    }

    @Test func `no verdict is without its row`() {
        // A switch, so that a new case asks for its place here and above.
        let names = Set(VerdictTests.rows.map(\.verdict))
        for verdict in Verdict.examples { #expect(names.contains(verdict.name), "\(verdict)") }
    }
}

extension Verdict {
    fileprivate static let examples: [Verdict] = {
        let error = HTTPError(peer: "peer", fact: .refused, requestMayHaveBeenSent: false)
        let reason = Reason.unanswered(error)
        return [
            .taken(status: 201), .unavailable(reason, pause: nil), .postponed(reason, until: moment(0)),
            .unreached(reason), .unanswered(reason), .refused(reason), .unwelcome(reason), .distrusted(reason),
            .impossible(error), .interrupted(error),
        ]
    }()

    fileprivate var name: String {
        switch self {
        case .taken: "taken"
        case .unavailable: "unavailable"
        case .postponed: "postponed"
        case .unreached: "unreached"
        case .unanswered: "unanswered"
        case .refused: "refused"
        case .unwelcome: "unwelcome"
        case .distrusted: "distrusted"
        case .impossible: "impossible"
        case .interrupted: "interrupted"
        }
    }
}
