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
        usage: """
            export-fixture --output <file> [<options>] <records.ndjson
            export-fixture --print-policy
            """,
        version: Version.line(of: "export-fixture"))

    @Option(
        help: ArgumentHelp("The fixture file; an existing one is replaced.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: "An array, or a record a line.")
    var format: FixtureFormat = .json

    @Option(help: ArgumentHelp("End after this many records.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Keep the old file unless there are so many records.", valueName: "n"))
    var expectRows: Int?

    @OptionGroup var anonymity: AnonymizeOptions

    @Option(
        help: ArgumentHelp(
            "Put what bq-missing reports of its query into the provenance.", valueName: "file", visibility: .rare),
        completion: .file())
    var jobReport: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let output else {
            if anonymity.printPolicy { return }
            throw ValidationError("Missing expected argument '--output <file>'")
        }
        if anonymity.printPolicy { throw ValidationError("--print-policy: prints and ends: it takes no --output") }
        if let limit, limit <= 0 { throw ValidationError("--limit: not above zero: \(limit)") }
        if let expectRows, expectRows < 0 { throw ValidationError("--expect-rows: below zero: \(expectRows)") }
        if jobReport == "" { throw ValidationError("--job-report: empty") }
        if output == "-" {
            throw ValidationError(
                "--output: -: stdout already carries the records; name a file, or leave this stage out")
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        guard let output else { return try anonymity.sayPolicy(&edge) }
        try edge.requireDistinctFiles(
            [("--output", output), ("--output", Fixture.provenancePath(of: output)), ("--job-report", jobReport)]
                + anonymity.files)
        var anonymizer = try anonymity.anonymizer(edge)
        edge.signals.outliveReader()
        do {
            var fixture = try Fixture(path: output, format: format)
            try copyRecords(to: &fixture, by: &anonymizer, edge: &edge)
            // Whoever reads stdout has all records before the file changes: when stdout fails, the old file stays.
            try edge.flush()
            let count = fixture.count
            try checkCount(count, of: output)
            let provenance = Provenance(
                path: output, skipped: edge.skipped, policySHA256: anonymizer?.policySHA256,
                report: try jobReport.map(JobReport.init(path:)))
            warn(of: output, count, anonymizer?.removals, edge)
            try fixture.commit(provenance)
            let records = (anonymizer == nil ? "" : "anonymized ") + (count == 1 ? "record" : "records")
            edge.diagnostics.note("\(output): \(count) \(records)\(edge.skippedWords)")
        } catch let error as FixtureError {
            throw Stop(.inputOutput, error, wayOut: error.wayOut)
        } catch let error as FakeIDError {
            throw Stop(.configuration, "--key-file: \(error)", wayOut: "make another key; the fixture was not changed")
        }
        return edge.skipped == 0 && anonymizer?.removals.hasMisfits != true ? .done : .failures
    }

    private func copyRecords(
        to fixture: inout Fixture, by anonymizer: inout Anonymizer?, edge: inout Edge
    ) throws {
        while fixture.count < limit ?? .max, let line = try edge.nextLine() {
            let record: JSONValue
            do {
                record = try line.object()
            } catch {
                try edge.skip(line, error)
                continue
            }
            if let shown = try anonymizer?.anonymize(record) {
                try fixture.append(shown.bytes.span)
                try edge.write(shown)
            } else {
                try fixture.append(record.bytes.span)
                try edge.write(record)
            }
        }
    }

    private func warn(of output: String, _ count: Int, _ removals: Removals?, _ edge: borrowing Edge) {
        removals?.messages.forEach(edge.diagnostics.warning)
        guard removals == nil, count > 0 else { return }
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
