import ArgumentParser
import Files
import FilterKit
import NDJSON

/// Writes records into a fixture file and passes them on, so that it can stand anywhere in a pipe.
///
/// Under the fixture's name there is always the old file or the complete new one. It appears only after everything was
/// passed on, and after the rows were counted where a number was expected. Beside it stands its provenance.
@main
struct ExportFixture: Filter {
    static let configuration = CommandConfiguration(
        commandName: "export-fixture",
        abstract: "Write records into a fixture file, whole or not at all.",
        version: Version.text)

    @Option(help: ArgumentHelp("The fixture file; an existing one is replaced.", valueName: "file"))
    var output: String

    @Option(help: "How the file holds the records: json (an array) or ndjson (one on a line).")
    var format: FixtureFormat = .json

    @Option(help: ArgumentHelp("End after this many records.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Keep the old file unless there are exactly this many records.", valueName: "n"))
    var expectRows: Int?

    @Option(
        help: ArgumentHelp("Put what bq-missing reports of its query into the provenance.", valueName: "file"))
    var jobReport: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let limit, limit <= 0 { throw ValidationError("--limit: not above zero: \(limit)") }
        if let expectRows, expectRows < 0 { throw ValidationError("--expect-rows: below zero: \(expectRows)") }
        if jobReport == "" { throw ValidationError("--job-report: empty") }
        if output == "-" {
            throw ValidationError(
                "--output: -: stdout already carries the records; name a file, or leave this stage out")
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        try edge.requireDistinctFiles(
            [("--output", output), ("--output", Fixture.provenancePath(of: output)), ("--job-report", jobReport)])
        edge.signals.outliveReader()
        do {
            var fixture = try Fixture(path: output, format: format)
            try copyRecords(to: &fixture, edge: &edge)
            // Whoever reads stdout has all records before the file changes: when stdout fails, the old file stays.
            try edge.flush()
            let count = fixture.count
            try checkCount(count, of: output)
            let provenance = Provenance(
                path: output, skipped: edge.skipped, policySHA256: nil,
                report: try jobReport.map(JobReport.init(path:)))
            if count > 0 { warn(edge) }
            try fixture.commit(provenance)
            let records = count == 1 ? "record" : "records"
            edge.diagnostics.note("\(output): \(count) \(records)\(edge.skippedWords)")
        } catch let error as FixtureError {
            throw Stop(.inputOutput, error, wayOut: error.wayOut)
        }
        return edge.skipped == 0 ? .done : .failures
    }

    private func copyRecords(to fixture: inout Fixture, edge: inout Edge) throws {
        while fixture.count < limit ?? .max, let line = try edge.nextLine() {
            let record: JSONValue
            do {
                record = try line.object()
            } catch {
                try edge.skip(line, error)
                continue
            }
            try fixture.append(record.bytes.span)
            try edge.write(record)
        }
    }

    private func warn(_ edge: borrowing Edge) {
        edge.diagnostics.warning("\(output): records as they came, names and places included: keep the file private")
    }

    /// A filter cannot see that its producer failed half-way; the number of rows shows it.
    private func checkCount(_ count: Int, of output: String) throws {
        guard let expectRows, count != expectRows else { return }
        throw Stop(
            .failures, "\(output): not written: \(count) records instead of --expect-rows \(expectRows)",
            wayOut: "see what the stage before says; the fixture was not changed")
    }
}

extension FixtureFormat: ExpressibleByArgument {}
