import Foundation
import Glibc
import TestServer
import TestSupport

/// One run that meets an answer, in a folder of its own, and what can be seen of it afterwards.
struct Trial {
    /// What became of the first event: `delivered`, `failed`, `tried again` or `waits`.
    let fate: String
    /// What is left in the ledger for the first event: it `stands`, or is `taken back`.
    let charge: String
    /// Whether the second event was tried.
    let wentOn: Bool
    /// The status as the page has it.
    var exit: String { run.status > 128 ? "128+n" : "\(run.status)" }
    var words: String { run.words }

    private let run: Run

    /// - Parameter toAll: Whether all events get this answer; else the first, and the others 201.
    init(_ answer: Answer, lines: Int, attempts: Int, breaker: Int = 5, toAll: Bool = false) throws {
        let folder = try TemporaryFolder()
        let events = (1...lines).map {
            Trial.beginning($0) + #""aspect_type":"create","owner_id":7,"updates":{}}"# + "\n"
        }
        try Data(events.joined().utf8).write(to: folder.url.appendingPathComponent("events"))
        try Data("\(answer.header)\n".utf8).write(to: folder.url.appendingPathComponent("headers"))
        run = try Trial.run(
            answer, "--max-attempts \(attempts) --breaker \(breaker)", toAll: toAll, in: folder.url)

        func isThere(_ id: Int, as state: String) throws -> Bool {
            try Run("replay", ["--checkpoint", "journal", "--report", state], in: folder.url).lines.contains {
                $0.contains("\"object_id\":\(id),")
            }
        }
        let isTriedAgain = run.words.contains("stdin:1: activity 1 create: attempt 1 of 2: ")
        let settled = try ["delivered", "failed", "gone"].first { try isThere(1, as: $0) }
        fate = settled ?? (isTriedAgain ? "tried again" : "waits")
        let isSecondDelivered = try isThere(2, as: "delivered")
        wentOn = isSecondDelivered || run.words.contains("stdin:2: activity 2 create: ")
        let ledger = try String(contentsOf: folder.url.appendingPathComponent("ledger"), encoding: .utf8)
        let charges = ledger.matches(of: /"charge":(-?[0-9]+)/).compactMap { Int($0.1) }
        switch charges.reduce(0, +) - (isSecondDelivered ? 1 : 0) {
        case 0 where !charges.isEmpty: charge = "taken back"
        case isTriedAgain ? 2 : 1: charge = "stands"
        case let rest: charge = "\(rest) of \(charges)"
        }
    }

    private static func run(_ answer: Answer, _ options: String, toAll: Bool, in folder: URL) throws -> Run {
        let asked = folder.appendingPathComponent("asked").path
        let server = ScriptedServer(greeting: answer.greeting) { request in
            close(creat(asked, 0o600))
            let isFirst = request.method == "CONNECT" || request.body.starts(with: beginning(1).utf8)
            return isFirst || toAll ? answer.steps : [.answer(201)]
        }
        let (refusing, silent) = (RefusingPort(), SilentPort())
        let url =
            switch answer.place {
            case .server: server.url()
            case .tls: "https://127.0.0.1:\(server.port)/"
            case .nobody: "http://127.0.0.1:\(refusing.port)/"
            case .silence: "https://127.0.0.1:\(silent.port)/"
            case .elsewhere(let url): url
            }
        let proxy = answer.isProxy ? "http://127.0.0.1:\(server.port)" : ""
        // When the request has come; or, where none does, when it is paid for.
        let moment = answer.isSent ? "-e asked" : "-s ledger"
        let kill = answer.signal.map { "until [[ \(moment) ]]; do sleep 0.01; done; kill -\($0) $run" } ?? ":"
        return try withExtendedLifetime((server, refusing, silent)) {
            try Run(
                shell: """
                    set -m
                    replay --url \(url) --allow-http --header-file headers --rate-limit 1000 --checkpoint journal \
                        --ledger ledger --quota 100/15m --guard 0s \(options) --verbose \
                        --timeout \(answer.patience) --connect-timeout \(answer.patience) <events & run=$!
                    \(kill); wait $run
                    """,
                environment: [
                    "HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": "", "no_proxy": "", "SSL_CERT_FILE": "",
                    "BACKFILL_QUOTA": "", "BACKFILL_RESERVE": "", "BACKFILL_COST_PER_EVENT": "",
                ], in: folder)
        }
    }

    private static func beginning(_ id: Int) -> String { #"{"object_type":"activity","object_id":\#(id),"# }
}
