import Foundation
import HTTP
import NDJSON
import TestServer
import TestSupport

@testable import Delivery

/// A run against a server on a real socket, on a clock that only waiting moves.
struct DeliveryRun {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    var journalPath: String { folder.url.appendingPathComponent("journal").path }
    var ledgerPath: String { folder.url.appendingPathComponent("ledger").path }
    var deadLetterPath: String { folder.url.appendingPathComponent("dead").path }

    /// All that came out of a run.
    struct Seen {
        var ending: Ending?
        var summary = Summary()
        var waits: [Duration] = []
        /// What the wall clock showed at the end.
        var end = moment(0)
        var possibleDuplicates = 0
        /// The bodies of all attempts.
        var sent: [[UInt8]] = []

        func attempts(of line: String) -> Int { sent.count { $0 == Array(line.utf8) } }
        var results: [String] = []
        var reasons: [String] = []
        var news: [DeliveryNews] = []
    }

    /// What a test changes about a run.
    struct Setup {
        var limits = DeliveryLimits()
        var rate = "2"
        var countsRest = false
        var signalInWait: Int?
        var stopInWait: Int?
        var onWrite: () throws -> Void = {}
        /// What the transport says instead of sending an event.
        var failure: (Event) -> HTTPError? = { _ in nil }
        /// What is thrown instead of sending, which is no answer.
        var trouble: (any Error)?
        var budget: Budget?
        /// What the wall clock shows at first.
        var now: Int64 = 1_700_000_100
    }

    /// As `--reopen` without a look-up does.
    @discardableResult
    func reopen(
        _ lines: [String], mostDeliveries: Int
    ) throws -> (summary: Reopening.Summary, lines: [String], reasons: [String]) {
        var edge = VirtualEdge(lines.joined(separator: "\n"))
        let journal = try Journal.open(
            path: journalPath, rule: .webhook, target: nil, holder: "test", report: { _ in })
        var reopening = Reopening(journal, rule: .webhook, mostDeliveries: mostDeliveries)
        try reopening.run(&edge)
        return (reopening.summary, edge.results, edge.reasons)
    }

    func callAsFunction(
        _ lines: [String], to server: ScriptedServer, _ change: (inout Setup) -> Void = { _ in }
    ) throws -> Seen {
        try callAsFunction(lines, to: server.url("/events"), change)
    }

    func callAsFunction(_ lines: [String], to url: String, _ change: (inout Setup) -> Void = { _ in }) throws -> Seen {
        var changed = Setup()
        change(&changed)
        let setup = changed
        var seen = Seen()
        var news: [DeliveryNews] = []
        var sent: [[UInt8]] = []
        let transport = CurlTransport(userAgent: "test", interruptedBy: nil)
        var edge = VirtualEdge(lines.joined(separator: "\n"))
        edge.signalInWait = setup.signalInWait
        edge.stopInWait = setup.stopInWait
        edge.onWrite = setup.onWrite
        edge.start = setup.now - 100
        var deliverer = Deliverer(
            setup.limits, rule: .webhook, rate: try Rate(setup.rate),
            journal: try Journal.open(
                path: journalPath, rule: .webhook, target: "test", holder: "test", report: { _ in }),
            ledger: try setup.budget.map {
                try Ledger.open(path: ledgerPath, budget: $0, target: "test", at: edge.wallTime, report: { _ in })
            },
            deadLetters: try DeadLetters(path: deadLetterPath), chance: { 0.5 },
            tell: { if case .advanced = $0 {} else { news.append($0) } },
            post: { event, key in
                if let trouble = setup.trouble { throw trouble }
                sent.append(event.line.bytes)
                if let error = setup.failure(event) { throw error }
                return try transport.send(
                    Request(.post, url, headers: [.init("webhook-id", key.text)], body: event.line.bytes))
            })
        do {
            seen.ending = try deliverer.run(&edge)
            if setup.countsRest { try deliverer.countRest(&edge, namesBadLines: false) }
        } catch is VirtualEdge.Ended {}
        seen.summary = deliverer.summary
        seen.waits = edge.waits
        seen.end = edge.wallTime
        seen.possibleDuplicates = deliverer.possibleDuplicates
        seen.results = edge.results
        seen.reasons = edge.reasons
        seen.news = news
        seen.sent = sent
        return seen
    }
}

func summary(
    delivered: Int = 0, failed: Int = 0, settled: Int = 0, gone: Int = 0, rejected: Int = 0, pending: Int = 0
) -> Summary {
    var summary = Summary()
    summary.delivered = delivered
    summary.failed = failed
    summary.alreadySettled = settled
    summary.gone = gone
    summary.rejected = rejected
    summary.pending = pending
    return summary
}

func bodies(_ server: ScriptedServer) -> [String] {
    server.requests.map { String(decoding: $0.body, as: UTF8.self) }
}

func failure(_ status: Int) -> Reason { .answered(status: status, Excerpt("")) }
