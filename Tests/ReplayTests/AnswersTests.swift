import Foundation
import Glibc
import TestServer
import TestSupport
import Testing

/// What becomes of an event whose answer breaks, or is late.
@Suite struct AnswersTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func contents(_ name: String) -> String {
        (try? String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    /// How often the journal has the event as delivered.
    private var deliveries: Int { contents("journal").ranges(of: #""outcome":"delivered""#).count }

    // MARK: Broken answers

    @Test(arguments: BrokenAnswer.afterHeaders)
    func `an event that was answered 201 is delivered, whatever becomes of the body`(broken: BrokenAnswer) throws {
        let server = ScriptedServer(scripts: [broken.steps, [.answer(201)]])
        let run = try replay(to: server)
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.count == 1)
        #expect(server.requests.count == 1)
        #expect(deliveries == 1)
    }

    @Test(arguments: BrokenAnswer.beforeHeadersEnd)
    func `an event without an answer is sent again`(broken: BrokenAnswer) throws {
        let server = ScriptedServer(scripts: [broken.steps, [.answer(201)]])
        let run = try replay(to: server)
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.count == 1)
        #expect(server.requests.count == 2)
        #expect(deliveries == 1)
    }

    @Test func `a refusal with a broken body is a refusal`() throws {
        let server = ScriptedServer(scripts: [[.begin(422, length: 100, "no such athlete"), .close], [.answer(201)]])
        let run = try replay(to: server)
        #expect(run.status == 1)
        #expect(run.words.contains("failed: answered 422: no such athlete"), "\(run.words)")
        #expect(server.requests.count == 1)
    }

    private func replay(to server: ScriptedServer) throws -> Run {
        try Run(
            "replay",
            [
                "--url", server.url(), "--rate-limit", "1000", "--timeout", "1s", "--checkpoint", "journal",
                "--max-attempts", "2",
            ], input: Data(event.utf8), in: folder.url)
    }

    // MARK: Late answers

    @Test func `an answer on its way when a signal comes is waited for, and recorded`() throws {
        // The signal is sent; nothing tells when it is heard, so the answer takes its time.
        let (run, requests) = try interrupted(by: [.run(waitForSignal), .pause(.milliseconds(300)), .answer(201)])
        #expect(run.status == 128 + SIGTERM)
        #expect(contents("results").contains(#""outcome":"delivered""#))
        #expect(run.words.contains("1 delivered, 0 failed, 0 already settled, 0 rejected, 0 pending"), "\(run.words)")
        #expect(deliveries == 1)
        #expect(requests == 1)
    }

    @Test(arguments: [[Step.hold], [.send("HTTP/1.1 201 Created\r\nContent-Le"), .hold]])
    func `a server that never answers does not keep a signal from ending the run`(steps: [Step]) throws {
        let (run, requests) = try interrupted(by: steps)
        #expect(run.status == 128 + SIGTERM)
        #expect(run.words.contains("0 delivered, 0 failed, 0 already settled, 0 rejected, 1 pending"), "\(run.words)")
        #expect(deliveries == 0)
        #expect(requests == 1)
        #expect((1400..<2500).contains(milliseconds), "ended after \(milliseconds) ms")
    }

    @Test func `a signal inside the body of a 201 leaves a delivered event`() throws {
        let (run, requests) = try interrupted(by: [.begin(201, length: 10, "hello"), .hold])
        #expect(run.status == 128 + SIGTERM)
        #expect(deliveries == 1)
        #expect(requests == 1)
    }

    @Test func `a result that nobody takes does not keep a signal from ending the run`() throws {
        let (run, requests) = try interrupted(
            by: [.run(waitForSignal), .pause(.milliseconds(300)), .answer(201)],
            // A pipe takes 64 KiB, so that the result has no room.
            preparing: "mkfifo results; exec 8<>results; head -c 65536 /dev/zero >&8")
        #expect(run.status == 128 + SIGTERM)
        #expect(deliveries == 1)
        #expect(requests == 1)
        #expect(milliseconds < 2500, "ended after \(milliseconds) ms")
    }

    /// Runs `replay`, sends TERM when the server has the whole request, and notes how long the end took.
    private func interrupted(
        by steps: [Step], preparing: String = ": >results"
    ) throws -> (run: Run, requests: Int) {
        let isAsked = file("asked")
        let server = ScriptedServer { _ in [.run { close(creat(isAsked, 0o600)) }] + steps }
        let run = try Run(
            shell: """
                set -m; \(preparing)
                replay --url \(server.url()) --checkpoint journal <<<'\(event)' >results 8>&- & run=$!
                until [[ -e asked ]]; do sleep 0.01; done
                start=$(date +%s%3N); kill -TERM $run; : >signalled; wait $run; status=$?
                echo $(($(date +%s%3N) - start)) >milliseconds; exit $status
                """, in: folder.url)
        return (run, server.requests.count)
    }

    private var milliseconds: Int { Int(contents("milliseconds").split(separator: "\n").first ?? "") ?? .max }

    /// Waits until the signal is sent, or a minute has passed.
    private var waitForSignal: @Sendable () -> Void {
        let isSignalled = file("signalled")
        return { for _ in 1...6000 where access(isSignalled, F_OK) != 0 { usleep(10_000) } }
    }

    private func file(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
}

private let event = #"{"object_type":"activity","object_id":1,"aspect_type":"create","owner_id":7,"updates":{}}"#

/// A way in which an answer breaks.
struct BrokenAnswer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]

    private static let chunked = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let correlation = #"{"correlation_id":"#

    static let afterHeaders = [
        BrokenAnswer(testDescription: "cut", steps: [.begin(201, length: 100, correlation), .close]),
        BrokenAnswer(testDescription: "reset", steps: [.begin(201, length: 100, correlation), .reset]),
        BrokenAnswer(testDescription: "stalled", steps: [.begin(201, length: 100, correlation), .hold]),
        BrokenAnswer(testDescription: "endless", steps: [.send(chunked), .sendForEver(Array("3\r\nxxx\r\n".utf8))]),
        BrokenAnswer(testDescription: "cut in a chunk", steps: [.send(chunked + "ff\r\nhello"), .close]),
        BrokenAnswer(testDescription: "bad chunk", steps: [.send(chunked + "zz\r\nhello"), .hold]),
    ]
    static let beforeHeadersEnd = [
        BrokenAnswer(testDescription: "headers cut", steps: [.send("HTTP/1.1 201 Created\r\nContent-Le"), .close]),
        BrokenAnswer(testDescription: "headers reset", steps: [.send("HTTP/1.1 201 Created\r\n"), .reset]),
        BrokenAnswer(testDescription: "headers stalled", steps: [.send("HTTP/1.1 201 Created\r\n"), .hold]),
        BrokenAnswer(testDescription: "garbage", steps: [.send("SSH-2.0-OpenSSH_9.2\r\n"), .close]),
        BrokenAnswer(testDescription: "closed", steps: [.close]),
        BrokenAnswer(testDescription: "reset", steps: [.reset]),
        BrokenAnswer(testDescription: "never", steps: [.hold]),
    ]
}
