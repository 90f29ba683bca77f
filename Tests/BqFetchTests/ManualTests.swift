import Foundation
import TestServer
import TestSupport
import Testing

/// The tables of errors in backfill-bigquery(7), row by row against a server that makes the error.
@Suite struct ManualTests {
    /// A reason with one of the HTTP statuses that it comes with.
    struct Row: CustomTestStringConvertible, Sendable {
        let reason: String
        let code: Int
        let again: String
        let status: Int32
        let says: String

        var testDescription: String { "\(reason) \(code)" }

        static let all: [Row] = {
            let table = (try? ManualPage("backfill-bigquery.7").table("reason")) ?? []
            return table.flatMap { cells in
                cells[1].components(separatedBy: ", ").map { code in
                    Row(
                        reason: cells[0], code: Int(code) ?? 0, again: cells[2], status: Int32(cells[3]) ?? -1,
                        says: cells[4])
                }
            }
        }()

        /// As jobs fail, when their result is asked for. What is not found would there only not be found yet.
        var fault: Fault {
            let body = #"{"jobComplete":true,"errors":[{"reason":"\#(reason)","message":"m"}]}"#
            let steps: [Step] =
                code == 200
                ? [.answer(200, body)] : reason == "none" ? [.answer(code, "<html>")] : Fault.reason(reason, code)
            return Fault(testDescription, at: code == 404 ? .table : .result, steps, .one, status, says)
        }
    }

    private func run(_ url: String, _ more: [String] = [], environment: [String: String] = [:]) throws -> Run {
        let folder = try TemporaryFolder()
        return try Run(
            "bq-fetch", ["--source", "my-project.d.t", "--timeout", "2s"] + more, input: Data("{\"id\":7}\n".utf8),
            environment: ["BIGQUERY_EMULATOR_HOST": url].merging(environment) { $1 }, in: folder.url)
    }

    @Test(arguments: Row.all)
    func `each reason has the ending, the word and the attempts that the page says`(_ row: Row) throws {
        let fault = row.fault
        let server = fault.server()
        let run = try run(server.url(""))
        #expect(run.status == row.status, "\(run.words)")
        #expect(run.words.contains(": \(row.says): "), "\(run.words)")
        let jobs = server.requests.count { $0.target.contains("/jobs?") }
        switch row.again {
        case "no": #expect(fault.attempts(server) == 1)
        case "request": #expect(fault.attempts(server) > 1 && jobs == 1)
        case "job": #expect(jobs > 1)
        default: Issue.record("again: \(row.again)")
        }
    }

    @Test func `the page has each reason that the program knows, and no other`() throws {
        let source = try String(
            contentsOf: Run.clone.appendingPathComponent("Sources/BigQuery/Verdict.swift"), encoding: .utf8)
        let cases = try #require(source.firstMatch(of: /switch reason \{(?s:.*?)default:/)).output
        let known = Set(cases.matches(of: /"([A-Za-z_]+)"/).map { String($0.1) })
        #expect(known.count > 30, "Verdict.swift: not read")
        #expect(Set(Row.all.map(\.reason)) == known.union(["none"]))
    }

    @Test func `each word of the table has its way out, and each way out its word`() throws {
        let wayOut = try ManualPage("backfill-bigquery.7").items(after: "What to do about each:")
        #expect(Set(wayOut) == Set(Row.all.map(\.says)))
        #expect(Set(wayOut).count == wayOut.count)
    }

    // MARK: No answer

    private static let table = (try? ManualPage("backfill-bigquery.7").table("the message has")) ?? []

    @Test func `the table of what is no answer is there`() {
        #expect(ManualTests.table.count == 9)
    }

    @Test(arguments: table)
    func `what is no answer ends as the page says`(_ cells: [String]) throws {
        let (says, again, status) = (cells[0], cells[1], Int32(cells[2]))
        let fault = try #require(steps(says).map { Fault(says, $0, .one, 0, says) }, "\(says): no test")
        let server = fault.server()
        let run: Run
        switch says {
        case "connection refused":
            let url = server.url("")
            server.stop()
            run = try self.run(url)
        case "TLS":
            let plain = ScriptedServer(greeting: [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close])
            run = try self.run("https://127.0.0.1:\(plain.port)")
            #expect(plain.connections == 1)
        case "an access token goes over plain HTTP to this machine only":
            // An address for documentation: nothing answers there, and nothing may be sent.
            run = try self.run(
                "", ["--access-token-file", "/proc/sys/kernel/ostype"],
                environment: ["CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY": "http://192.0.2.1"])
        default: run = try self.run(server.url(""))
        }
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.contains(says), "\(run.words)")
        let jobs = server.requests.count { $0.target.contains("/jobs?") }
        switch (again, says) {
        case ("no", _): #expect(jobs <= 1 && !run.words.contains("(tried "))
        // Two minutes long, were there time for it.
        case ("request", "no complete answer within"): #expect(jobs == 1)
        case ("request", "connection refused"): #expect(run.words.contains("(tried "))
        case ("request", _): #expect(jobs == 1 && fault.attempts(server) > 1)
        default: Issue.record("again: \(again)")
        }
    }

    /// What the server does when it is asked for the result; nil for what this test does not know.
    private func steps(_ says: String) -> [Step]? {
        let one =
            #"{"jobComplete":true,"schema":{"fields":[{"name":"backfill_position","type":"INTEGER"},"#
            + #"{"name":"backfill_found","type":"BOOLEAN"},{"name":"id","type":"INTEGER"}]},"totalRows":"2","#
            + #""rows":[{"f":[{"v":"0"},{"v":"true"},{"v":"7"}]}]}"#
        return switch says {
        case "connection refused", "TLS", "an access token goes over plain HTTP to this machine only": []
        case "connection closed after the request was sent": [.close]
        case "no complete answer within": [.hold]
        case "broken answer": [.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"rows\""), .close]
        case "not a JSON object": [.answer(200, "<!DOCTYPE html>")]
        case "rows of": [.answer(200, one)]
        case "no result within": [.answer(200, #"{"jobComplete":false}"#)]
        default: nil
        }
    }
}
