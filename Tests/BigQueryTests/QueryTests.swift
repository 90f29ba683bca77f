import NDJSON
import Testing

@testable import BigQuery

@Suite struct QueryTests {
    private func parsed(_ bytes: [UInt8]) throws -> JSONValue { try JSONValue(parsing: bytes) }

    @Test func `a request says all that decides the result`() throws {
        let query = Query(
            "SELECT 1", labels: ["tool": "activity-backfill", "stage": "bq-missing"], location: "EU",
            maximumBytesBilled: 10_485_760, pageRows: 5)
        let job = JobReference(query, project: try ProjectID("my-project"), identifier: "1-2")
        #expect(
            String(decoding: query.body(of: job, timeout: .seconds(60)), as: UTF8.self)
                == #"{"jobReference":{"projectId":"my-project","jobId":"activity-backfill_bq-missing_1-2","location":"EU"},"#
                + #""configuration":{"jobTimeoutMs":"60000","#
                + #""labels":{"stage":"bq-missing","tool":"activity-backfill"},"query":{"query":"SELECT 1","#
                + #""useLegacySql":false,"parameterMode":"NAMED","queryParameters":[],"#
                + #""maximumBytesBilled":"10485760"}}}"#)
    }

    @Test func `a dry run is a job that asks only what it would read`() throws {
        let body = try parsed(Query("SELECT 1", location: "EU").dryRunBody(project: ProjectID("my-project")))
        #expect(body["configuration"]?["dryRun"]?.boolean == true)
        #expect(body["configuration"]?["query"]?["query"]?.string == "SELECT 1")
        #expect(body["jobReference"]?.text == #"{"projectId":"my-project","location":"EU"}"#)
    }

    @Test func `every value of a parameter is a string`() throws {
        let moment = try #require(Timestamp(text: "2024-01-05T07:12:33.5Z".utf8))
        let day = try #require(CivilDate(year: 2024, month: 2, day: 29))
        let values: [(QueryParameter.Value, type: String, value: String)] = [
            (.integer(.max), #"{"type":"INT64"}"#, #"{"value":"9223372036854775807"}"#),
            (.string("it's \"@x\""), #"{"type":"STRING"}"#, #"{"value":"it's \"@x\""}"#),
            (.boolean(false), #"{"type":"BOOL"}"#, #"{"value":"false"}"#),
            (.timestamp(moment), #"{"type":"TIMESTAMP"}"#, #"{"value":"2024-01-05T07:12:33.500000Z"}"#),
            (.date(day), #"{"type":"DATE"}"#, #"{"value":"2024-02-29"}"#),
            (
                .integers([1, -2]), #"{"type":"ARRAY","arrayType":{"type":"INT64"}}"#,
                #"{"arrayValues":[{"value":"1"},{"value":"-2"}]}"#
            ),
            (.strings([]), #"{"type":"ARRAY","arrayType":{"type":"STRING"}}"#, #"{"arrayValues":[]}"#),
        ]
        let query = Query("SELECT 1", parameters: values.map { QueryParameter("p", $0.0) })
        let job = try parsed(query.dryRunBody(project: ProjectID("my-project")))
        let parameters = job["configuration"]?["query"]?["queryParameters"]?.elements ?? []
        #expect(parameters.map { $0["parameterType"]?.text } == values.map(\.type))
        #expect(parameters.map { $0["parameterValue"]?.text } == values.map(\.value))
    }

    @Test func `a bill is at least ten mebibytes for each table, in whole mebibytes`() {
        #expect(Estimate(bytes: 0, accuracy: .exact, tables: nil).billedBytes(tables: 2) == 20 << 20)
        #expect(Estimate(bytes: 163_595_928, accuracy: .exact, tables: 1).billedBytes(tables: 1) == 164_626_432)
        // Two tables of 78 MiB and a bit are 79 MiB each.
        #expect(Estimate(bytes: 163_595_928, accuracy: .exact, tables: 2).billedBytes(tables: 2) == 158 << 20)
        // A view is one table by name, and reads as many as it is made of.
        #expect(Estimate(bytes: 0, accuracy: .exact, tables: 3).billedBytes(tables: 1) == 30 << 20)
    }
}
