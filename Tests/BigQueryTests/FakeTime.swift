import HTTP
import TestServer

@testable import BigQuery

/// A clock that only sleeping moves, and a chance that always falls the same way.
final class FakeTime {
    struct Interrupt: Error {}

    private(set) var now = Duration.zero
    private(set) var sleeps: [Duration] = []
    private var numbers: UInt64 = 0
    /// The sleep, counted from 1, that is interrupted.
    var interruptedSleep: Int?

    /// What the client did unasked.
    private(set) var events: [Surroundings.Event] = []

    var surroundings: Surroundings {
        Surroundings(
            now: { self.now }, unixTime: { self.now.components.seconds },
            sleep: { duration in
                self.sleeps.append(duration)
                self.now += duration
                if self.sleeps.count == self.interruptedSleep { throw Interrupt() }
            },
            random: {
                self.numbers += 1
                return 1 << 63 + self.numbers
            },
            tell: { self.events.append($0) })
    }
}

extension Client {
    /// A client of `server`, with a time-out of a minute on a clock of its own.
    static func test(
        _ server: ScriptedServer, _ time: FakeTime = FakeTime(), limit: Duration = .seconds(60),
        token: TokenSource? = nil
    ) throws -> Client {
        Client(
            service: try Service(server.url("")), project: try ProjectID("my-project"),
            transport: CurlTransport(userAgent: "activity-backfill/test", interruptedBy: nil), token: token,
            limits: Limits(call: limit), surroundings: time.surroundings)
    }
}

extension [Step] {
    static func error(_ status: Int, _ reason: String, _ message: String = "m") -> [Step] {
        [.answer(status, #"{"error":{"code":\#(status),"message":"\#(message)","errors":[{"reason":"\#(reason)"}]}}"#)]
    }

    /// An answer of `jobs.query` with one column of integers.
    static func rows(_ ids: [Int], total: Int? = nil, token: String? = nil) -> [Step] {
        let rows = ids.map { #"{"f":[{"v":"\#($0)"}]}"# }.joined(separator: ",")
        let members = [
            #""jobComplete":true"#, #""schema":{"fields":[{"name":"id","type":"INTEGER"}]}"#,
            #""jobReference":{"projectId":"my-project","jobId":"job_1","location":"EU"}"#,
            #""totalRows":"\#(total ?? ids.count)""#, ids.isEmpty ? nil : #""rows":[\#(rows)]"#,
            token.map { #""pageToken":"\#($0)""# },
        ]
        return [.answer(200, "{\(members.compactMap { $0 }.joined(separator: ","))}")]
    }
}
