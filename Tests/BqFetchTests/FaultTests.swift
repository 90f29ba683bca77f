import Foundation
import Synchronization
import TestServer
import TestSupport
import Testing

/// What can go wrong between bq-fetch and BigQuery, on a real socket: how often it is tried, what the run ends with, and
/// what it says. One row is one fault.
struct Fault: CustomTestStringConvertible, Sendable {
    enum Attempts: Sendable { case one, some }

    /// The first request that fails.
    enum Place: Sendable { case table, insertion, result }

    let testDescription: String
    let place: Place
    let steps: [Step]
    let attempts: Attempts
    let status: Int32
    let says: String

    init(
        _ name: String, at place: Place = .result, _ steps: [Step], _ attempts: Attempts, _ status: Int32,
        _ says: String
    ) {
        testDescription = name
        self.place = place
        self.steps = steps
        self.attempts = attempts
        self.status = status
        self.says = says
    }

    /// An answer in Google's form.
    static func reason(_ reason: String, _ status: Int, _ message: String = "m") -> [Step] {
        let error = #"{"domain":"global","reason":"\#(reason)","message":"\#(message)"}"#
        return [
            .answer(status, #"{"error":{"code":\#(status),"message":"\#(message)","errors":[\#(error)]}}"#)
        ]
    }

    private static let limit =
        "Query exceeded limit for bytes billed: 163595928. 164626432 or higher required."
    private static let half = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"jobComplete\":true,\"rows\":[{\"f\""
    private static let html = "<!DOCTYPE html><html>\u{1B}[31m" + String(repeating: "x", count: 100)

    static let all = [
        // Refused: 77, asked once.
        Fault("accessDenied, 403", at: .table, reason("accessDenied", 403), .one, 77, "roles/bigquery.dataViewer"),
        Fault(
            "accessDenied for jobs, 403", at: .insertion,
            reason("accessDenied", 403, "User does not have bigquery.jobs.create permission in project p."), .one, 77,
            "roles/bigquery.jobUser in the billing project"),
        Fault(
            "authError, 401", at: .table, reason("authError", 401), .one, 77, "gcloud auth application-default login"),
        Fault("billingNotEnabled, 403", at: .insertion, reason("billingNotEnabled", 403), .one, 77, "billing account"),
        Fault("accessNotConfigured, 403", at: .table, reason("accessNotConfigured", 403), .one, 77, "gcloud services"),
        Fault("403 without a reason", at: .table, [.answer(403, "<html>")], .one, 77, "refused: <html> (HTTP 403)"),
        // What does not fit: 78, asked once.
        Fault("notFound, 404", at: .table, reason("notFound", 404, "Not found: Table"), .one, 78, "check the name"),
        Fault(
            "notFound in a location, 404", at: .insertion,
            reason("notFound", 404, "Not found: Dataset p:d was not found in location US"), .one, 78, "--location"),
        Fault("invalidQuery, 400", reason("invalidQuery", 400), .one, 78, "not accepted: m (invalidQuery, HTTP 400)"),
        Fault("bytesBilledLimitExceeded, 500", reason("bytesBilledLimitExceeded", 500, limit), .one, 78, limit),
        Fault("resourcesExceeded, 400", reason("resourcesExceeded", 400), .one, 78, "ask for fewer at a time"),
        Fault("responseTooLarge, 403", reason("responseTooLarge", 403), .one, 78, "narrow what is asked for"),
        Fault("outOfRange, 400", at: .insertion, reason("outOfRange", 400), .one, 78, "not accepted"),
        Fault("a redirect", at: .table, [.answer(301, headers: ["Location: /"])], .one, 78, "HTTP 301"),
        Fault(
            "errors in a 200 without a schema",
            [.answer(200, #"{"jobComplete":true,"errors":[{"reason":"invalidQuery","message":"no such column"}]}"#)],
            .one, 78, "not accepted: no such column (invalidQuery)"),
        // Later: 75. What may pass is tried again until --timeout.
        Fault("quotaExceeded, 403", at: .insertion, reason("quotaExceeded", 403), .one, 75, "midnight Pacific"),
        Fault("rateLimitExceeded, 403", at: .table, reason("rateLimitExceeded", 403), .some, 75, "unavailable: m"),
        Fault("backendError, 503", at: .insertion, reason("backendError", 503), .some, 75, "unavailable: m"),
        Fault("jobBackendError, 400", reason("jobBackendError", 400), .some, 75, "unavailable: m"),
        Fault("429 without a body", at: .table, [.answer(429)], .some, 75, "unavailable: HTTP 429 (tried"),
        Fault("502 of a gateway", [.answer(502, html)], .some, 75, "<!DOCTYPE html><html>\\u{1b}[31mxxx"),
        Fault("HTML in a 200", [.answer(200, html)], .some, 75, "not a JSON object: <!DOCTYPE html>"),
        Fault("half an answer", [.send(half), .close], .some, 75, "broken answer"),
        Fault(
            "a reset connection", at: .insertion, [.reset], .some, 75, "connection closed after the request was sent"),
        Fault("a closed connection", at: .table, [.close], .some, 75, "connection closed after the request was sent"),
        Fault("an answer that does not come", [.hold], .one, 75, "timed out: no complete answer within 2 s;"),
        Fault("stopped", reason("stopped", 400, "Job execution was cancelled"), .one, 75, "stopped: Job execution"),
    ]

    /// A server on which this fault is the first thing that goes wrong.
    func server() -> ScriptedServer {
        ScriptedServer { request in
            let path = request.target.prefix { $0 != "?" }
            if path.hasSuffix("/cancel") { return [.answer(200, "{}")] }
            if path.contains("/tables/") { return place == .table ? steps : [.answer(200, Fault.table)] }
            if path.hasSuffix("/jobs") { return place == .insertion ? steps : [.answer(200, "{}")] }
            return steps
        }
    }

    /// How often the request that fails was made.
    func attempts(_ server: ScriptedServer) -> Int {
        let paths = server.requests.map { String($0.target.prefix { $0 != "?" }) }
        switch place {
        case .table: return paths.count
        case .insertion: return paths.count { $0.hasSuffix("/jobs") }
        case .result: return paths.count { $0.contains("/queries/") }
        }
    }

    static let table = #"{"location":"US","schema":{"fields":[{"name":"id","type":"INTEGER"}]}}"#
}

@Suite struct FaultTests {
    private func run(_ server: ScriptedServer, _ more: [String] = [], input: String = "{\"id\":7}\n") throws -> Run {
        let folder = try TemporaryFolder()
        return try Run(
            "bq-fetch", ["--source", "my-project.d.t", "--timeout", "2s"] + more, input: Data(input.utf8),
            environment: ["BIGQUERY_EMULATOR_HOST": server.url("")], in: folder.url)
    }

    @Test(arguments: Fault.all)
    func `each fault has its attempts, its status and its words`(_ fault: Fault) throws {
        let server = fault.server()
        let run = try run(server)
        #expect(run.status == fault.status, "\(run.words)")
        #expect(run.words.contains(fault.says), "\(run.words)")
        #expect(run.output.isEmpty)
        let attempts = fault.attempts(server)
        switch fault.attempts {
        case .one: #expect(attempts == 1)
        case .some: #expect(attempts > 1)
        }
    }

    /// A page with rows for these places of the batch.
    private func page(_ places: [Int], of total: Int, token: String = "") -> [Step] {
        let columns =
            #"{"name":"backfill_position","type":"INTEGER"},{"name":"backfill_found","type":"BOOLEAN"},"#
            + #"{"name":"id","type":"INTEGER"}"#
        let rows = places.map { #"{"f":[{"v":"\#($0)"},{"v":"true"},{"v":"\#(100 + $0)"}]}"# }
        return [
            .answer(
                200,
                #"{"jobComplete":true,"schema":{"fields":[\#(columns)]},"totalRows":"\#(total)","#
                    + #""pageToken":"\#(token)","rows":[\#(rows.joined(separator: ","))]}"#)
        ]
    }

    /// A server whose table is there, whose jobs run, and whose results are `pages`, one after the other.
    private func server(
        insertion: @escaping @Sendable (RecordedRequest) -> [Step] = { _ in [.answer(200, "{}")] }, _ pages: [[Step]]
    ) -> ScriptedServer {
        let given = Mutex(0)
        return ScriptedServer { request in
            let path = request.target.prefix { $0 != "?" }
            if path.contains("/tables/") { return [.answer(200, Fault.table)] }
            if path.hasSuffix("/jobs") { return insertion(request) }
            if path.hasSuffix("/cancel") { return [.answer(200, "{}")] }
            return given.withLock { count in
                count += 1
                return pages[min(count, pages.count) - 1]
            }
        }
    }

    @Test func `half a page in the middle of a result costs a request and no row`() throws {
        let half: [Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"rows\":[{\"f\""), .close]
        let server = server([page([0], of: 2, token: "t"), half, page([1], of: 2)])
        let run = try run(server, input: "{\"id\":100}\n{\"id\":101}\n")
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines == [#"{"id":100}"#, #"{"id":101}"#])
    }

    @Test func `a batch that is too large for a request is asked for in halves, in order`() throws {
        let server = server(
            insertion: { request in
                // The list, its first and its last: four ids are six values.
                let values =
                    String(decoding: request.body, as: UTF8.self).components(separatedBy: #"{"value":"#).count - 1
                return values > 4 ? [.answer(413, "<html>")] : [.answer(200, "{}")]
            },
            [page([0, 1], of: 2), page([0, 1], of: 2)])
        let run = try run(server, input: "{\"id\":100}\n{\"id\":101}\n{\"id\":102}\n{\"id\":103}\n")
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.count == 4)
        #expect(server.requests.count { $0.target.contains("/jobs?") } == 3)
    }

    @Test func `one id that is too large for a request is told as such`() throws {
        let server = server(insertion: { _ in [.answer(413, "<html>")] }, [])
        let run = try run(server)
        #expect(run.status == 78)
        #expect(run.words.contains("too large: <html> (HTTP 413)"))
    }

    @Test func `an interrupt cancels the running job, and ends within two seconds`() throws {
        let folder = try TemporaryFolder()
        let asked = folder.url.appendingPathComponent("asked")
        let server = ScriptedServer { request in
            if request.target.contains("/tables/") { return [.answer(200, Fault.table)] }
            guard request.target.contains("/queries/") else { return [.answer(200, "{}")] }
            _ = FileManager.default.createFile(atPath: asked.path, contents: nil)
            return [.hold]
        }
        let begun = ContinuousClock.now
        let run = try Run(
            shell: """
                echo '{"id":7}' >ids; bq-fetch --source my-project.d.t <ids & run=$!
                until [[ -e asked ]]; do sleep 0.05; done
                kill -TERM $run; wait $run
                """,
            environment: ["BIGQUERY_EMULATOR_HOST": server.url("")], in: folder.url)
        #expect(run.status == 143, "\(run.words)")
        #expect(begun.duration(to: .now) < .seconds(30), "the answer was waited for")
        #expect(server.requests.count { $0.target.contains("/cancel?") } == 1)
        #expect(run.words.contains("cancelled the job"))
    }

    @Test func `a signal ends a run whose reader takes nothing, and whole pieces went out before`() throws {
        let server = server([page(Array(0..<10_000), of: 10_000)])
        let folder = try TemporaryFolder()
        // The pipe is full, so that the filter waits for its reader, when the signal comes.
        let driver = """
            import fcntl, os, signal, struct, subprocess, sys, termios, time
            reading, writing = os.pipe()
            with open("ids", "w") as ids:
                ids.writelines(f'{{"id":{100 + place}}}\\n' for place in range(10000))
            run = subprocess.Popen([sys.argv[1], "--source", "my-project.d.t"], stdin=open("ids"), stdout=writing)
            room = fcntl.fcntl(writing, 1032)
            waiting = lambda: struct.unpack("i", fcntl.ioctl(reading, termios.FIONREAD, bytes(4)))[0]
            while waiting() < room: time.sleep(0.01)
            begun = time.monotonic()
            run.send_signal(signal.SIGTERM)
            print(run.wait(), time.monotonic() - begun < 4)
            """
        let run = try Run(
            "/usr/bin/env", ["python3", "-c", driver, Run.programs.appendingPathComponent("bq-fetch").path],
            environment: ["BIGQUERY_EMULATOR_HOST": server.url("")], in: folder.url)
        #expect(run.lines == ["-15 True"], "\(run.words)")
    }
}
