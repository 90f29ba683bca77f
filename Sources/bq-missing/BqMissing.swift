import ArgumentParser
import BigQuery
import BigQueryFilter
import FilterKit

/// Lists the activities that the new table lacks: one anti-join, run by BigQuery. With `--source -` it is a filter
/// that lets those records of stdin pass that the new table lacks.
@main
struct BqMissing: Filter {
    static let configuration = CommandConfiguration(
        commandName: "bq-missing",
        abstract: "List the activities that a table lacks.",
        usage: """
            bq-missing --source-project <project> --target-env <name> [<options>]
            bq-missing --source - --target-env <name> [<options>] <records.ndjson
            """,
        version: Version.line(of: "bq-missing"))

    @OptionGroup var source: SourceOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var columns: ColumnOptions
    @OptionGroup var stream: StreamOptions
    @OptionGroup var report: JobReportOptions
    @OptionGroup var bigQuery: BigQueryOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if report.path != nil, source.isStandardInput || bigQuery.dryRun {
            throw ValidationError("--job-report: is about the one job of a list: not with --source - or --dry-run")
        }
        guard source.isStandardInput else { return }
        guard !target.isNone else {
            throw ValidationError("--source -, --no-target: nothing to compare the records with")
        }
        if let option = selection.optionForTablesOnly {
            throw ValidationError("\(option): chooses rows of a table: not with --source -")
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        try withStops(edge.signals) {
            try source.isStandardInput ? passMissingRecords(&edge) : listMissingRows(&edge)
        }
    }

    /// From a table: one query, whose rows are references.
    private func listMissingRows(_ edge: inout Edge) throws -> ExitStatus {
        let settings = try edge.settings(bigQuery.environment)
        let sourceName = try source.table(settings)
        let targetName = try target.table(settings)
        let excludedTables = try selection.excludedTables(settings)
        try edge.requireDistinctFiles([("--job-report", report.path)] + selection.files)
        let excludedIDs = try selection.excludedIDs(edge)
        let connection = try bigQuery.connection(edge, settings, stage: "bq-missing", paidBy: sourceName)
        let reportFile = try report.begin(edge)
        edge.diagnostics.note("\(sourceName): start_date \(selection.range)")

        let tables = try ComparedTables(
            source: sourceName, target: targetName, excluded: excludedTables, connection.client)
        let place = try tables.place(connection.client, detour(settings))
        try bigQuery.requireLocation(of: tables.source, connection.client, settings)
        let asOf = try bigQuery.asOfClause(tables.all)
        let join = try withStops(onColumns: ColumnOptions.wayOut) {
            try AntiJoin(tables, columns, selection, excludedIDs: excludedIDs, asOf: asOf)
        }
        let query = connection.query(join.sql, join.parameters, in: place)
        if bigQuery.dryRun {
            var plan = bigQuery.emptyPlan
            try plan.add(query, of: tables.all, connection, edge)
            plan.report(to: edge.diagnostics)
            return .done
        }
        var rows = try connection.run(query)
        var listing = try Listing(rows, join, selection)
        var warnings = Warnings()
        warnings.tell(rows, listing.decoder, to: edge.diagnostics)
        while let row = try rows.next(listing.decoder) {
            try edge.signals.check()
            if let record = listing.record(row) { try edge.write(record) }
        }
        try edge.flush()
        if let reportFile {
            try jobReport(tables, query, rows.job, listing, connection.client).write(to: reportFile)
        }
        listing.report(to: edge.diagnostics, lackedBy: targetName)
        return .done
    }
}
