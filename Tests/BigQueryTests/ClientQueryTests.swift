import HTTP
import NDJSON
import Synchronization
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

    private func jobs(_ server: ScriptedServer) throws -> [JSONValue] {
        try server.insertedJobs.map { try JSONValue(parsing: $0) }
    }

    private func jobIDs(_ server: ScriptedServer) throws -> [String?] {
        try jobs(server).map { $0["jobReference"]?["jobId"]?.string }
    }

    private let pending: [Step] = [.answer(200, #"{"jobComplete":false}"#)]
    private let results =
        "?timeoutMs=10000&formatOptions.useInt64Timestamp=true&location=EU&maxResults=2&prettyPrint=false"

    // MARK: Running

    @Test func `a query is a job in the project that pays, under an id that is chosen here`() throws {
        let server = ScriptedServer(results: [.rows([1, 2])])
        var query = query
        query.labels = ["tool": "activity-backfill", "stage": "bq-fetch"]
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2])
        let request = try #require(server.requests.first)
        #expect(
            request.target == "/bigquery/v2/projects/my-project/jobs?fields=jobReference%2Cstatus&prettyPrint=false")
        #expect(request.header("Content-Type") == "application/json")
        let job = try #require(try jobs(server).first)
        let id = try #require(job["jobReference"]?["jobId"]?.string)
        #expect(id == "activity-backfill_bq-fetch_80000000-0000-4001-8000-000000000002")
        #expect(job["configuration"]?["query"]?["useLegacySql"]?.boolean == false)
        // Should this program vanish, the service does not run the job for ever.
        #expect(job["configuration"]?["jobTimeoutMs"]?.string == "60000")
        #expect(server.requests.last?.target == "/bigquery/v2/projects/my-project/queries/\(id)\(results)")
        #expect(time.sleeps.isEmpty)
    }

    @Test func `a request that is repeated keeps the job's id, a job that is run again gets another`() throws {
        let server = ScriptedServer(
            insertions: [[.answer(502)], [.answer(200, "{}")]], results: [.error(400, "jobBackendError"), .rows([1])])
        _ = try Client.test(server, time).run(query)
        let sent = try jobIDs(server)
        #expect(sent.count == 3)
        #expect(sent[0] == sent[1])
        #expect(sent[1] != sent[2])
    }

    @Test func `an answer that got lost does not run the query twice`() throws {
        let server = ScriptedServer(
            insertions: [[.close], .error(409, "duplicate", "Already Exists: Job")], results: [.rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        #expect(Set(try jobIDs(server)).count == 1)
    }

    @Test func `a job that was just inserted may not be found yet`() throws {
        let server = ScriptedServer(results: [.error(404, "notFound", "Not found: Job"), .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
    }

    @Test func `a job that is not complete is asked for, at its location, until it is`() throws {
        let server = ScriptedServer(results: [pending, pending, pending, .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        let id = try #require(try jobIDs(server)[0])
        let poll = "/bigquery/v2/projects/my-project/queries/\(id)\(results)"
        #expect(server.requests.dropFirst().map(\.target) == [poll, poll, poll, poll])
        // The server did not hold the requests back, so that the client did.
        #expect(time.sleeps.count == 3)
    }

    @Test func `a job that fails at once is not waited for`() throws {
        let failed = #"{"status":{"state":"DONE","errorResult":{"reason":"invalidQuery","message":"no"}}}"#
        let server = ScriptedServer(insertions: [[.answer(200, failed)]], results: [])
        let fault = ServerFault(subject: "query", status: 200, reason: "invalidQuery", message: Excerpt("no"))
        #expect(throws: BigQueryError.invalid(fault)) { _ = try Client.test(server, time).run(query) }
        #expect(server.requests.count == 1)
    }

    @Test func `a job that fails while it is waited for is run again`() throws {
        let server = ScriptedServer(results: [pending, .error(400, "jobInternalError"), .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        #expect(Set(try jobIDs(server)).count == 2)
        #expect(time.events.isEmpty)
    }

    @Test func `a job that failed in words that may pass is looked at, and run again`() throws {
        let failed = Mutex<String?>(nil)
        let server = ScriptedServer { request in
            if request.method == "POST" { return [.answer(200, "{}")] }
            let id = String(request.target.prefix { $0 != "?" }.split(separator: "/").last ?? "")
            let isFailed = failed.withLock { first in
                first = first ?? id
                return first == id
            }
            guard isFailed else { return .rows([7]) }
            guard request.target.contains("/jobs/") else { return .error(503, "backendError") }
            return [.answer(200, #"{"status":{"state":"DONE","errorResult":{"reason":"backendError","message":"m"}}}"#)]
        }
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        #expect(Set(try jobIDs(server)).count == 2)
    }

    @Test func `a table that a job does not find is not waited for`() throws {
        let server = ScriptedServer(results: [.error(404, "notFound", "Not found: Table p:d.t was not found")])
        #expect(throws: BigQueryError.self) { try Client.test(server, time).run(query) }
        #expect(time.sleeps.isEmpty)
    }

    @Test func `a job that stays unfound for 200 seconds is told as such`() throws {
        let server = ScriptedServer { request in
            request.method == "POST" ? [.answer(200, "{}")] : .error(404, "notFound", "Not found: Job p:j")
        }
        let fault = ServerFault(
            subject: "query", status: 404, reason: "notFound", message: Excerpt("Not found: Job p:j"))
        #expect(throws: BigQueryError.notFound(fault)) {
            try Client.test(server, time, limit: .seconds(600)).run(query)
        }
        #expect(time.now >= .seconds(200) && time.now < .seconds(300))
    }

    // MARK: Giving up

    private func cancelled(_ server: ScriptedServer) -> [String] {
        server.requests.map(\.target).filter { $0.contains("/cancel?") }
    }

    @Test func `a job that never completes ends with the call's time, and is cancelled`() throws {
        let server = ScriptedServer(results: [pending])
        #expect(throws: BigQueryError.unfinished(subject: "query", limit: .seconds(60))) {
            _ = try Client.test(server, time).run(query)
        }
        let id = try #require(try jobIDs(server)[0])
        #expect(
            cancelled(server) == ["/bigquery/v2/projects/my-project/jobs/\(id)/cancel?location=EU&prettyPrint=false"])
        guard case .cancelled(let job, accepted: true) = time.events.first else {
            Issue.record("nobody was told: \(time.events)")
            return
        }
        #expect("\(job)" == "my-project:EU.\(id)")
    }

    @Test func `a wait that is interrupted cancels the job`() throws {
        let server = ScriptedServer(results: [pending])
        time.interruptedSleep = 2
        #expect(throws: FakeTime.Interrupt.self) { _ = try Client.test(server, time).run(query) }
        #expect(cancelled(server).count == 1)
    }

    @Test func `who is refused while a job runs has it cancelled, and hears of it when that is refused too`() throws {
        let spent = ScriptedServer(results: [pending, .error(403, "quotaExceeded")])
        #expect(throws: BigQueryError.self) { _ = try Client.test(spent, time).run(query) }
        #expect(cancelled(spent).count == 1)
        #expect(time.events.isEmpty)
        let revoked = ScriptedServer { request in
            request.method == "POST" && request.target.contains("/jobs?")
                ? [.answer(200, "{}")] : .error(401, "authError")
        }
        #expect(throws: BigQueryError.self) { _ = try Client.test(revoked, time).run(query) }
        guard case .cancelled(_, accepted: false) = time.events.first else {
            Issue.record("nobody was told: \(time.events)")
            return
        }
    }

    @Test func `a job that failed is not cancelled`() throws {
        let server = ScriptedServer(results: [pending, .error(400, "invalidQuery")])
        #expect(throws: BigQueryError.self) { _ = try Client.test(server, time).run(query) }
        #expect(cancelled(server) == [])
    }

    @Test func `a service that asks for time gets it`() throws {
        let busy: [Step] = [.answer(503, headers: ["Retry-After: 7"])]
        let server = ScriptedServer(results: [busy, .rows([7])])
        #expect(try ids(Client.test(server, time).run(query)) == [7])
        #expect(time.sleeps == [.seconds(7)])
    }

    @Test func `errors without a schema are a failure, although the status is 200`() throws {
        let answer =
            #"{"jobComplete":true,"schema":{"fields":[]},"rows":[],"totalRows":"0","#
            + #""errors":[{"reason":"invalidQuery","message":"no such column"}]}"#
        let server = ScriptedServer(results: [[.answer(200, answer)]])
        let fault = ServerFault(
            subject: "query", status: 200, reason: "invalidQuery", message: Excerpt("no such column"))
        #expect(throws: BigQueryError.invalid(fault)) { _ = try Client.test(server, time).run(query) }
        #expect(server.insertedJobs.count == 1)
    }

    @Test(arguments: ["backendError", "internalError", "rateLimitExceeded", "jobBackendError"])
    func `a passing failure inside an answer runs the job anew`(_ reason: String) throws {
        let failed = #"{"jobComplete":true,"errors":[{"reason":"\#(reason)","message":"m"}]}"#
        let done = #"{"jobComplete":true,"schema":{"fields":[{"name":"id","type":"INT64"}]},"totalRows":"0"}"#
        let server = ScriptedServer(results: [[.answer(200, failed)], [.answer(200, done)]])
        _ = try Client.test(server, time).run(query)
        #expect(server.insertedJobs.count == 2)
    }

    @Test func `errors beside a result are warnings`() throws {
        let answer =
            #"{"jobComplete":true,"schema":{"fields":[{"name":"id","type":"INT64"}]},"totalRows":"0","#
            + #""errors":[{"reason":"x","message":"careful"}]}"#
        let server = ScriptedServer(results: [[.answer(200, answer)]])
        let rows = try Client.test(server, time).run(query)
        #expect(rows.warnings == [Excerpt("careful")])
        #expect(try ids(rows) == [])
    }

    @Test func `a dry run says what would be read`() throws {
        let answer =
            #"{"status":{"state":"DONE"},"statistics":{"query":{"totalBytesProcessed":"163595928","#
            + #""totalBytesProcessedAccuracy":"UPPER_BOUND","referencedTables":[{},{}]}}}"#
        let server = ScriptedServer(scripts: [[.answer(200, answer)], .error(400, "invalidQuery")])
        let client = try Client.test(server, time)
        #expect(try client.estimate(query) == Estimate(bytes: 163_595_928, accuracy: .atMost, tables: 2))
        #expect(
            server.requests.first?.target
                == "/bigquery/v2/projects/my-project/jobs?fields=status%2Cstatistics%2Fquery&prettyPrint=false")
        #expect(throws: BigQueryError.self) { _ = try client.estimate(query) }
    }

    // MARK: Pages

    @Test func `the token alone decides where the result ends, and is escaped`() throws {
        let server = ScriptedServer(results: [
            .rows([1, 2], total: 3, token: "a+b/c=="), .rows([], total: 3, token: "d"), .rows([3], total: 3, token: ""),
        ])
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2, 3])
        let id = try #require(try jobIDs(server)[0])
        let page =
            "/bigquery/v2/projects/my-project/queries/\(id)?timeoutMs=10000"
            + "&formatOptions.useInt64Timestamp=true&location=EU&maxResults=2&pageToken="
        #expect(
            server.requests.dropFirst(2).map(\.target)
                == [page + "a%2Bb%2Fc%3D%3D&prettyPrint=false", page + "d&prettyPrint=false"])
    }

    @Test func `the next page is asked for while the rows of this one are read, and the one after it is not`() throws {
        let server = ScriptedServer(results: [
            .rows([1, 2], total: 6, token: "b"), .rows([3, 4], total: 6, token: "c"), .rows([5, 6], total: 6),
        ])
        let client = try Client.test(server, time)
        let rows = try client.run(query)
        let begun = ContinuousClock.now
        while server.requests.count < 3, begun.duration(to: .now) < .seconds(10) { client.advance() }
        #expect(server.requests.last?.target.contains("pageToken=b") == true)
        #expect(try ids(rows) == [1, 2, 3, 4, 5, 6])
        #expect(server.requests.count == 4)
    }

    @Test func `a TIMESTAMP(12) is asked for as text, on each page, and keeps its twelve digits`() throws {
        let schema =
            #""schema":{"fields":[{"name":"id","type":"INTEGER"},"#
            + #"{"name":"t","type":"TIMESTAMP","timestampPrecision":"12"}]}"#
        let server = ScriptedServer { request in
            guard request.target.contains("/queries/") else { return [.answer(200, "{}")] }
            let isText = request.target.contains("timestampOutputFormat=ISO8601_STRING")
            #expect(isText != request.target.contains("useInt64Timestamp"))
            let moment = isText ? "2024-01-05T07:12:33.123456789012Z" : "1704438753123456"
            let token = request.target.contains("pageToken") ? "" : #""pageToken":"b","#
            let row = #"{"f":[{"v":"1"},{"v":"\#(moment)"}]}"#
            return [.answer(200, #"{"jobComplete":true,\#(schema),"totalRows":"2",\#(token)"rows":[\#(row)]}"#)]
        }
        var rows = try Client.test(server, time).run(query)
        let decoder = try RowDecoder(rows.schema)
        for _ in 1...2 {
            let record = try #require(try rows.next(decoder)?.record)
            #expect(
                String(decoding: record.bytes, as: UTF8.self) == #"{"id":1,"t":"2024-01-05T07:12:33.123456789012Z"}"#)
        }
        #expect(try rows.next(decoder) == nil)
    }

    @Test func `a page is asked for again when it breaks, and nothing is lost`() throws {
        let broken: [Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"rows\":[{"), .close]
        let server = ScriptedServer(results: [
            .rows([1], total: 2, token: "t"), broken, .error(400, "jobBackendError"), .rows([2], total: 2),
        ])
        #expect(try ids(Client.test(server, time).run(query)) == [1, 2])
        #expect(server.insertedJobs.count == 1)
    }

    @Test func `pages that go round in a circle are an error`() throws {
        let server = ScriptedServer(results: [.rows([1], total: 3, token: "t"), .rows([], total: 3, token: "t")])
        #expect(throws: BigQueryError.unexpected(subject: "query", .samePageAgain)) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `rows beyond those that were promised are an error before they are written`() throws {
        let server = ScriptedServer(results: [
            .rows([1, 2], total: 3, token: "b"), .rows([3, 4], total: 3, token: "c"),
        ])
        #expect(throws: BigQueryError.unexpected(subject: "query", .rows(seen: 4, promised: 3))) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `a page with other columns is an error`() throws {
        let other = #"{"schema":{"fields":[{"name":"no","type":"INTEGER"}]},"rows":[{"f":[{"v":"2"}]}]}"#
        let server = ScriptedServer(results: [.rows([1], total: 2, token: "b"), [.answer(200, other)]])
        #expect(throws: BigQueryError.unexpected(subject: "query", .otherColumns)) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `a result that ends early is an error, never a shorter result`() throws {
        let server = ScriptedServer(results: [.rows([1, 2], total: 3)])
        #expect(throws: BigQueryError.unexpected(subject: "query", .rows(seen: 2, promised: 3))) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }

    @Test func `a missing list of rows is an empty page`() throws {
        let server = ScriptedServer(results: [.rows([])])
        #expect(try ids(Client.test(server, time).run(query)) == [])
    }

    @Test(arguments: [
        (#"{"jobComplete":true,"totalRows":"0"}"#, AnswerDefect.missing("schema")),
        (#"{"jobComplete":true,"schema":{"fields":[]}}"#, .missing("totalRows")),
        (
            #"{"jobComplete":true,"schema":{"fields":[{"name":"a","type":"STRING"}]},"totalRows":"1","rows":[{"f":[]}]}"#,
            .values(count: 0, columns: 1)
        ),
    ])
    func `what the documentation promises and the answer lacks is named`(answer: String, defect: AnswerDefect) throws {
        let server = ScriptedServer(results: [[.answer(200, answer)]])
        #expect(throws: BigQueryError.unexpected(subject: "query", defect)) {
            _ = try ids(Client.test(server, time).run(query))
        }
    }
}
