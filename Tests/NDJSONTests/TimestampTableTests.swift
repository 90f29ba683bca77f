import Foundation
import TestSupport
import Testing

@testable import NDJSON

/// `timestamps.tsv` is what Python's datetime and decimal say of some thousand texts; `make-timestamps` writes it.
@Suite struct TimestampTableTests {
    private static let folder = Run.clone.appendingPathComponent("Tests/NDJSONTests")
    private static let table = folder.appendingPathComponent("timestamps.tsv")

    @Test func `every text and number is the moment that Python makes of it`() throws {
        let rows = try String(contentsOf: TimestampTableTests.table, encoding: .utf8).split(separator: "\n")
        #expect(rows.count > 4000)
        for row in rows {
            let columns = row.split(separator: "\t", omittingEmptySubsequences: false)
            try #require(columns.count == 3, "\(row)")
            let text = Array(columns[1].utf8)
            let moment = columns[0] == "text" ? Timestamp(text: text) : Timestamp(epoch: text)
            #expect(moment.map { "\($0.microseconds)" } ?? "refused" == columns[2], "\(row)")
        }
    }

    @Test func `the table is what its script prints`() throws {
        let run = try Run(
            "/usr/bin/env", ["python3", "make-timestamps"], environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            in: TimestampTableTests.folder)
        #expect(run.status == 0, "\(String(decoding: run.messages, as: UTF8.self))")
        let table = try Data(contentsOf: TimestampTableTests.table)
        #expect(run.output == table, "write it anew: make-timestamps >timestamps.tsv")
    }
}
