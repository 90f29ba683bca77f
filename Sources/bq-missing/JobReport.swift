import ArgumentParser
import BigQuery
import BigQueryFilter
import Files
import FilterKit
import NDJSON

/// Where to write what was asked, as of when, and what it cost.
struct JobReportOptions: ParsableArguments {
    @Option(
        name: .customLong("job-report"),
        help: ArgumentHelp(
            "Write to this file what was asked, as of when, and what it cost.", valueName: "file", visibility: .rare),
        completion: .file())
    var path: String?

    func validate() throws {
        guard path != "" else { throw ValidationError("--job-report: empty") }
        guard path != "-" else {
            throw ValidationError("--job-report: -: stdout already carries the references; name a file")
        }
    }

    /// Begins the file, while nothing is paid for yet; nil without the option. Throws `Stop` with status 74.
    func begin(_ edge: borrowing Edge) throws -> AtomicFile? {
        guard let path else { return nil }
        edge.signals.outliveReader()
        do { return try AtomicFile(path: path) } catch {
            throw Stop(.inputOutput, "--job-report: \(error)", wayOut: "name another file; nothing was asked yet")
        }
    }
}

/// A job and its answer, for those who have to know where a list came from: a plan, a fixture's provenance.
struct JobReport: JSONRecord {
    let tables: ComparedTables
    let query: Query
    let range: TimeRange
    let job: JobReference
    let statistics: JobStatistics
    /// The moment of `--as-of`; else the tables were read as they were when the job began.
    let asOf: Timestamp?
    let price: Price?
    let rows: Int
    /// Nil where the limit hides how many there are.
    let excludedRows: Int?

    func write(to text: inout JSONText) {
        text.object { text in
            text.member("tool", "bq-missing")
            text.member("version", Version.number)
            text.member("job", "\(job)")
            text.member("source", "\(tables.source.name)")
            text.member("target", orNull: tables.target.map { "\($0.name)" })
            text.key("exclude")
            text.array { text in for table in tables.excluded { text.value("\(table.name)") } }
            text.member("from", orNull: range.from.map { "\($0)" })
            text.member("to", orNull: range.to.map { "\($0)" })
            text.member("as_of", orNull: (asOf ?? statistics.start).map { "\($0)" })
            text.member("query", query.sql)
            // Of long lists the beginning, as a person sees them: a report is not the place for a quarter of a million ids.
            text.key("parameters")
            text.array { text in for parameter in query.parameters { text.value(parameter.description) } }
            text.member("rows", Int64(rows))
            text.member("excluded_rows", orNull: excludedRows.map(Int64.init))
            writeCost(to: &text)
        }
    }

    /// Null where the service does not say what it bills.
    private func writeCost(to text: inout JSONText) {
        text.member("bytes_billed", orNull: statistics.bytesBilled)
        text.key("cost")
        if let bytes = statistics.bytesBilled {
            text.json((price ?? .list).text(forBytes: bytes).utf8)
        } else {
            text.null()
        }
    }

    /// Ends the file: it is there whole or not at all. Throws `Stop` with status 74.
    func write(to file: consuming AtomicFile) throws {
        var text = JSONText()
        write(to: &text)
        text.endLine()
        do {
            try file.write(text.bytes)
            try file.commit()
        } catch {
            throw Stop(
                .inputOutput, "--job-report: \(error)",
                wayOut: "the references are written, and only the report is missing")
        }
    }
}

extension BqMissing {
    /// Asks what the service keeps of the job.
    func jobReport(
        _ tables: ComparedTables, _ query: Query, _ job: JobReference, _ listing: Listing, _ client: Client
    ) throws -> JobReport {
        JobReport(
            tables: tables, query: query, range: selection.range, job: job, statistics: try client.statistics(of: job),
            asOf: bigQuery.asOf?.timestamp, price: bigQuery.pricePerTib, rows: listing.count,
            excludedRows: listing.excluded)
    }
}
