import HTTP
import NDJSON
import TestServer
import Testing

@testable import BigQuery

@Suite struct ClientQueryTests {
    private let time = FakeTime()
    private let query = Query("SELECT 1", location: "EU", pageRows: 2)

    private func ids(_ rows: ResultRows) throws -> [Int64?] {
        var rows = rows
        var ids: [Int64?] = []
        let decoder = try RowDecoder(rows.schema, count: 0)
        while let row = try rows.next(decoder) { ids.append(row.integer(0)) }
        return ids
    }

    private func requestIDs(_ server: ScriptedServer) throws -> [String?] {
        try server.requests.filter { $0.method == "POST" }.map { try JSONValue(parsing: $0.body)["requestId"]?.string }
    }

    // MARK: Running

    @Test func `a query is posted to the project that pays`() throws {
        let server = ScriptedServer(scripts: [.rows([1, 2])])
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2])
        let request = try #require(server.requests.first)
        #expect(request.target == "/bigquery/v2/projects/my-project/queries?prettyPrint=false")
        #expect(request.header("Content-Type") == "application/json")
        #expect(try JSONValue(parsing: request.body)["useLegacySql"]?.boolean == false)
        #expect(time.sleeps.isEmpty)
    }

    @Test func `a request that is repeated keeps its id, a job that is run again gets another`() throws {
        let server = ScriptedServer(scripts: [[.answer(502)], .error(400, "jobBackendError"), .rows([1])])
        _ = try Client.test(server, time).run(query)
        let sent = try requestIDs(server)
        #expect(sent.count == 3)
        #expect(sent[0] == sent[1])
        #expect(sent[1] != sent[2])
    }

    @Test func `a job that is not complete is asked for, at its location, until it is`() throws {
        let reference = #"{"projectId":"my-project","jobId":"a/b","location":"EU"}"#
        let pending: [Step] = [.answer(200, #"{"jobComplete":false,"jobReference":\#(reference)}"#)]
        let server = ScriptedServer(scripts: [pending, pending, pending, .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        let polls = server.requests.dropFirst().map(\.target)
        let poll =
            "/bigquery/v2/projects/my-project/queries/a%2Fb?timeoutMs=10000"
            + "&formatOptions.useInt64Timestamp=true&location=EU&maxResults=2&prettyPrint=false"
        #expect(polls == [poll, poll, poll])
        // The server did not hold the requests back, so that the client did.
        #expect(time.sleeps.count == 2)
    }

    @Test func `a job that never completes ends with the call's time`() throws {
        let server = ScriptedServer(scripts: [
            [.answer(200, #"{"jobComplete":false,"jobReference":{"projectId":"my-project","jobId":"j"}}"#)]
        ])
        #expect(throws: BigQueryError.unfinished(subject: "query", limit: .seconds(60))) {
            _ = try Client.test(server, time).run(query)
        }
    }

    @Test func `a job that fails while it is waited for is run again`() throws {
        let pending: [Step] = [
            .answer(200, #"{"jobComplete":false,"jobReference":{"projectId":"my-project","jobId":"j"}}"#)
        ]
        let server = ScriptedServer(scripts: [pending, .error(400, "jobInternalError"), .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        #expect(Set(try requestIDs(server)).count == 2)
    }

    @Test func `errors without a schema are a failure, although the status is 200`() throws {
        let answer =
            #"{"jobComplete":true,"schema":{"fields":[]},"rows":[],"totalRows":"0","#
            + #""errors":[{"reason":"invalidQuery","message":"no such column"}]}"#
        let server = ScriptedServer(scripts: [[.answer(200, answer)]])
        let fault = ServerFault(
            subject: "query", status: 200, reason: "invalidQuery", message: Excerpt("no such column"))
        #expect(throws: BigQueryError.invalid(fault)) { _ = try Client.test(server, time).run(query) }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: ["backendError", "internalError", "rateLimitExceeded", "jobBackendError"])
    func `a passing failure inside an answer runs the job anew`(_ reason: String) throws {
        let failed = #"{"jobComplete":true,"errors":[{"reason":"\#(reason)","message":"m"}]}"#
        let done = #"{"jobComplete":true,"schema":{"fields":[{"name":"id","type":"INT64"}]},"totalRows":"0"}"#
        let server = ScriptedServer(scripts: [[.answer(200, failed)], [.answer(200, done)]])
        _ = try Client.test(server, time).run(query)
        #expect(server.requests.count == 2)
    }

    @Test func `errors beside a result are warnings`() throws {
        let answer =
            #"{"jobComplete":true,"schema":{"fields":[{"name":"id","type":"INT64"}]},"totalRows":"0","#
            + #""errors":[{"reason":"x","message":"careful"}]}"#
        let server = ScriptedServer(scripts: [[.answer(200, answer)]])
        let rows = try Client.test(server, time).run(query)
        #expect(rows.warnings == [Excerpt("careful")])
        #expect(try ids(rows) == [])
    }

    @Test func `a dry run says what would be read`() throws {
        let answer =
            #"{"status":{"state":"DONE"},"statistics":{"query":{"totalBytesProcessed":"163595928","#
            + #""totalBytesProcessedAccuracy":"UPPER_BOUND"}}}"#
        let server = ScriptedServer(scripts: [[.answer(200, answer)], .error(400, "invalidQuery")])
        let client = try Client.test(server, time)
        #expect(try client.estimate(query) == Estimate(bytes: 163_595_928, accuracy: .atMost))
        #expect(server.requests.first?.target == "/bigquery/v2/projects/my-project/jobs?prettyPrint=false")
        #expect(throws: BigQueryError.self) { _ = try client.estimate(query) }
    }

    // MARK: Pages

    @Test func `the token alone decides where the result ends, and is escaped`() throws {
        let server = ScriptedServer(scripts: [
            .rows([1, 2], total: 3, token: "a+b/c=="), .rows([], total: 3, token: "d"), .rows([3], total: 3, token: ""),
        ])
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2, 3])
        let page =
            "/bigquery/v2/projects/my-project/queries/job_1?timeoutMs=10000"
            + "&formatOptions.useInt64Timestamp=true&location=EU&maxResults=2&pageToken="
        #expect(
            server.requests.dropFirst().map(\.target)
                == [page + "a%2Bb%2Fc%3D%3D&prettyPrint=false", page + "d&prettyPrint=false"])
    }

    @Test func `a page is asked for again when it breaks, and nothing is lost`() throws {
        let broken: [Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"rows\":[{"), .close]
        let server = ScriptedServer(scripts: [
            .rows([1], total: 2, token: "t"), broken, .error(400, "jobBackendError"), .rows([2], total: 2),
        ])
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2])
        #expect(try requestIDs(server).count == 1)
    }

    @Test func `pages that go round in a circle are an error`() throws {
        let server = ScriptedServer(scripts: [.rows([1], total: 3, token: "t"), .rows([], total: 3, token: "t")])
        #expect(throws: BigQueryError.unexpected(subject: "query", .samePageAgain)) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `a result that ends early is an error, never a shorter result`() throws {
        let server = ScriptedServer(scripts: [.rows([1, 2], total: 3)])
        #expect(throws: BigQueryError.unexpected(subject: "query", .rows(seen: 2, promised: 3))) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `a missing list of rows is an empty page`() throws {
        let server = ScriptedServer(scripts: [.rows([])])
        #expect(try ids(Client.test(server, time).run(query)) == [])
    }

    @Test(arguments: [
        (#"{"jobComplete":true,"totalRows":"0"}"#, AnswerDefect.missing("schema")),
        (#"{"jobComplete":true,"schema":{"fields":[]}}"#, .missing("totalRows")),
        (#"{"jobComplete":false}"#, .missing("jobReference")),
        (
            #"{"jobComplete":true,"schema":{"fields":[{"name":"a","type":"STRING"}]},"totalRows":"1","rows":[{"f":[]}]}"#,
            .values(count: 0, columns: 1)
        ),
    ])
    func `what the documentation promises and the answer lacks is named`(answer: String, defect: AnswerDefect) throws {
        let server = ScriptedServer(scripts: [[.answer(200, answer)]])
        #expect(throws: BigQueryError.unexpected(subject: "query", defect)) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }
}
