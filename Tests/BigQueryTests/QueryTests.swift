import NDJSON
import Testing

@testable import BigQuery

@Suite struct QueryTests {
    private func parsed(_ bytes: [UInt8]) throws -> JSONValue { try JSONValue(parsing: bytes) }

    @Test func `a request says all that decides the result`() throws {
        let query = Query(
            "SELECT 1", labels: ["tool": "activity-backfill", "stage": "bq-missing"], location: "EU",
            maximumBytesBilled: 10_485_760, pageRows: 5)
        let body = query.body(requestID: "r-1", wait: .seconds(10))
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"query":"SELECT 1","useLegacySql":false,"parameterMode":"NAMED","queryParameters":[],"#
                + #""maximumBytesBilled":"10485760","location":"EU","maxResults":5,"timeoutMs":10000,"#
                + #""formatOptions":{"useInt64Timestamp":true},"requestId":"r-1","#
                + #""labels":{"stage":"bq-missing","tool":"activity-backfill"}}"#)
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
        let parameters = try parsed(query.body(requestID: "", wait: .zero))["queryParameters"]?.elements ?? []
        #expect(parameters.map { $0["parameterType"]?.text } == values.map(\.type))
        #expect(parameters.map { $0["parameterValue"]?.text } == values.map(\.value))
    }

    @Test func `a bill is at least ten mebibytes for each table, in whole mebibytes`() {
        #expect(Estimate(bytes: 0, accuracy: .exact).billedBytes(tables: 2) == 20 << 20)
        #expect(Estimate(bytes: 163_595_928, accuracy: .exact).billedBytes(tables: 2) == 164_626_432)
    }
}
