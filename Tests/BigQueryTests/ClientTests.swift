import HTTP
import NDJSON
import TestServer
import Testing

@testable import BigQuery

@Suite struct ClientTests {
    private let time = FakeTime()
    private let name: TableName

    init() throws { name = try TableName("example.com:my-project.d.t") }

    @Test func `a table is asked for by its escaped path`() throws {
        let server = ScriptedServer(scripts: [[.answer(200, #"{"type":"VIEW","location":"US"}"#)]])
        #expect(try Client.test(server, time).table(name).kind == .view)
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(
            request.target
                == "/bigquery/v2/projects/example.com%3Amy-project/datasets/d/tables/t?prettyPrint=false")
        #expect(request.header("Authorization") == nil)
        #expect(request.header("User-Agent") == "activity-backfill/test")
    }

    @Test func `the location of a dataset can be asked for`() throws {
        let server = ScriptedServer(scripts: [[.answer(200, #"{"location":"europe-west6"}"#)]])
        #expect(try Client.test(server, time).location(ofDatasetOf: name) == "europe-west6")
    }

    @Test func `what a job cost, and when it began, can be asked for where it ran`() throws {
        let answer = #"{"statistics":{"startTime":"1764000000999","query":{"totalBytesBilled":"20971520"}}}"#
        let server = ScriptedServer(scripts: [[.answer(200, answer)], [.answer(200, #"{"statistics":{}}"#)]])
        let client = try Client.test(server, time)
        var job = JobReference(Query("SELECT 1"), project: try ProjectID("my-project"), identifier: "1")
        job.location = "EU"
        let statistics = try client.statistics(of: job)
        #expect(statistics == JobStatistics(start: Timestamp(unixSeconds: 1_764_000_000), bytesBilled: 20_971_520))
        #expect(try client.statistics(of: job) == JobStatistics(start: nil, bytesBilled: nil))
        let target = try #require(server.requests.first).target
        #expect(target.hasPrefix("/bigquery/v2/projects/my-project/jobs/1?"))
        #expect(target.contains("location=EU"))
    }

    @Test func `an HTML answer of a gateway is waited out, with more patience each time`() throws {
        let html: [Step] = [.answer(502, "<html>Bad gateway</html>")]
        let server = ScriptedServer(scripts: [html, html, .error(403, "rateLimitExceeded"), [.answer(200, "{}")]])
        _ = try Client.test(server, time).table(name)
        #expect(server.requests.count == 4)
        #expect(time.sleeps == [.milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test func `after the time that a call has, the last fault is told`() throws {
        let server = ScriptedServer(scripts: [[.answer(502, "<html>")]])
        let fault = ServerFault(subject: "\(name)", status: 502, reason: "", message: Excerpt("<html>"))
        #expect(throws: BigQueryError.unavailable(fault, attempts: 7)) {
            _ = try Client.test(server, time).table(name)
        }
        #expect(time.now < .seconds(60))
    }

    @Test(arguments: [
        ("quotaExceeded", 403), ("accessDenied", 403), ("notFound", 404), ("bytesBilledLimitExceeded", 500),
    ])
    func `what stays so is asked once`(reason: String, status: Int) throws {
        let server = ScriptedServer(scripts: [.error(status, reason)])
        #expect(throws: BigQueryError.self) { _ = try Client.test(server, time).table(name) }
        #expect(server.requests.count == 1)
        #expect(time.sleeps.isEmpty)
    }

    @Test func `a connection that breaks is tried again`() throws {
        let half: [Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"type\":"), .close]
        let server = ScriptedServer(scripts: [[.reset], [.close], half, [.answer(200, "{}")]])
        _ = try Client.test(server, time).table(name)
        #expect(server.requests.count == 4)
    }

    @Test func `an answer that is no JSON is named with its beginning`() throws {
        let page = "<!DOCTYPE html>" + String(repeating: "x", count: 100)
        let server = ScriptedServer(scripts: [[.answer(200, page)]])
        #expect(throws: BigQueryError.unexpected(subject: "\(name)", .notJSON(Excerpt(page)))) {
            _ = try Client.test(server, time).table(name)
        }
        #expect(server.requests.count == 7)
    }

    @Test func `nobody there is told after the time is up`() throws {
        let refusing = RefusingPort()
        let client = Client(
            service: try Service("127.0.0.1:\(refusing.port)"), project: try ProjectID("my-project"),
            transport: CurlTransport(userAgent: "test", interruptedBy: nil), token: nil,
            limits: Client.Limits(call: .seconds(3)), surroundings: time.surroundings)
        let error = HTTPError(peer: "127.0.0.1:\(refusing.port)", fact: .refused, requestMayHaveBeenSent: false)
        #expect(throws: BigQueryError.unreachable(error, attempts: 3)) { _ = try client.table(name) }
    }

    @Test func `a wait that is interrupted ends the call with what interrupted it`() throws {
        let server = ScriptedServer(scripts: [[.answer(503)]])
        time.interruptedSleep = 2
        #expect(throws: FakeTime.Interrupt.self) { _ = try Client.test(server, time).table(name) }
        #expect(server.requests.count == 2)
    }

    @Test func `a token that is refused is replaced once`() throws {
        let server = ScriptedServer { request in
            request.header("Authorization") == "Bearer new" ? [.answer(200, "{}")] : .error(401, "authError")
        }
        _ = try Client.test(server, time) { refused in refused == nil ? "old" : "new" }.table(name)
        #expect(server.requests.map { $0.header("Authorization") } == ["Bearer old", "Bearer new"])
        let fault = ServerFault(subject: "\(name)", status: 401, reason: "authError", message: Excerpt("m"))
        #expect(throws: BigQueryError.refused(fault)) {
            _ = try Client.test(server, time) { _ in "old" }.table(name)
        }
        #expect(server.requests.count == 3)
    }

    @Test func `a token goes over plain HTTP to this machine only`() throws {
        let client = Client(
            service: try Service("http://bigquery.example.com:80/"), project: try ProjectID("my-project"),
            transport: CurlTransport(userAgent: "test", interruptedBy: nil), token: { _ in "secret" },
            surroundings: time.surroundings)
        #expect(throws: BigQueryError.tokenInTheClear(peer: "bigquery.example.com:80")) {
            _ = try client.table(name)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:9050", "http://127.0.0.1:9050"), ("http://localhost:9050/", "http://localhost:9050"),
        ("https://bigquery.example.com", "https://bigquery.example.com"),
        // As Google's pages write the endpoints of regions.
        (
            "https://bigquery.europe-west6.rep.googleapis.com/bigquery/v2/",
            "https://bigquery.europe-west6.rep.googleapis.com"
        ),
    ])
    func `an emulator may be named without its scheme`(text: String, url: String) throws {
        #expect(try Service(text).url == url)
    }

    @Test(arguments: [
        "", "ftp://host", "http://", "http://user:password@host", "https://host/?key=1", "https://host/#a",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: HTTPError.self) { try Service(text) }
    }

    @Test func `a request id is a UUID`() {
        #expect(time.surroundings.identifier == "80000000-0000-4001-8000-000000000002")
    }
}
