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
        version: Version.text)

    @OptionGroup var source: SourceOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var columns: ColumnOptions
    @OptionGroup var stream: StreamOptions
    @OptionGroup var bigQuery: BigQueryOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
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
        let excludedIDs = try selection.excludedIDs(edge)
        let connection = try bigQuery.connection(edge, settings, stage: "bq-missing", paidBy: sourceName)
        edge.diagnostics.note("\(sourceName): start_date \(selection.range)")

        let tables = try ComparedTables(
            source: sourceName, target: targetName, excluded: excludedTables, connection.client)
        let place = try tables.place(connection.client, wordsForDetour)
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
            try edge.write(listing.record(row))
        }
        try edge.flush()
        listing.report(to: edge.diagnostics, lackedBy: targetName)
        return .done
    }

    /// From stdin: a query for each batch of ids asks which of them the target has.
    private func passMissingRecords(_ edge: inout Edge) throws -> ExitStatus {
        let settings = try edge.settings(bigQuery.environment)
        guard let name = try target.table(settings) else { preconditionFailure("validate() asks for a target") }
        let connection = try bigQuery.connection(edge, settings, stage: "bq-missing", paidBy: name)
        try edge.openInput()
        let table = try connection.client.target(name, like: nil)
        try bigQuery.requireLocation(of: table, connection.client, settings)
        let asOf = try bigQuery.asOfClause([table])
        let lookup = try withStops(onColumns: ColumnOptions.wayOut) { try Lookup(table, columns, asOf: asOf) }

        var batches = Batches(stream.batches, idField: stream.idField, keepsLines: true)
        var plan = bigQuery.emptyPlan
        var read = 0
        var passed = 0
        var pulse = Pulse(from: edge.monotonicTime)
        while passed < selection.limit ?? .max, let batch = try batches.next(&edge) {
            read += batch.ids.count
            if bigQuery.dryRun {
                try plan.add(lookup.query(batch.ids, connection), of: [table], connection, edge)
                continue
            }
            let present = try lookup.present(in: batch, connection)
            for (id, line) in zip(batch.ids, batch.lines) where !present.contains(id) {
                guard passed < selection.limit ?? .max else { break }
                try edge.signals.check()
                try edge.write(line)
                passed += 1
            }
            if pulse.beats(at: edge.monotonicTime) {
                edge.diagnostics.note("\(name): lacks \(passed) of \(read) records so far")
            }
        }
        if bigQuery.dryRun {
            plan.report(to: edge.diagnostics)
        } else {
            try edge.flush()
            let bound = passed == selection.limit ? ", or more: --limit \(passed)" : ""
            edge.diagnostics.note("\(name): lacks \(passed) of \(read) records\(bound)\(edge.skippedWords)")
        }
        return edge.skipped == 0 ? .done : .failures
    }
}
