import ArgumentParser
import BigQuery
import BigQueryFilter
import FilterKit

/// Reads records with an id and writes the row behind each, in the same order.
@main
struct BqFetch: Filter {
    static let configuration = CommandConfiguration(
        commandName: "bq-fetch",
        abstract: "Fetch the rows behind the ids on stdin.",
        usage: "bq-fetch --source-project <project> [<options>] <references.ndjson",
        version: Version.line(of: "bq-fetch"))

    @OptionGroup var source: SourceOptions

    @Option(
        help: ArgumentHelp("Columns of a row: a,b.c or @all or @event.", valueName: "columns"),
        completion: .list(["@all", "@event"]),
        transform: ColumnChoice.init)
    var columns: ColumnChoice = .all

    @Option(
        help: ArgumentHelp("Write the ids without a row to this file.", valueName: "file"), completion: .file())
    var notFound: String?

    @OptionGroup var batching: BatchOptions
    @OptionGroup var bigQuery: BigQueryOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !source.isStandardInput else {
            throw ValidationError("--source: a table is needed: the ids come from stdin in any case")
        }
    }

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        try withStops(edge.signals) {
            let settings = try edge.settings(bigQuery.environment)
            let name = try source.table(settings)
            try edge.requireDistinctFiles([("--not-found", notFound)])
            let absent = try AbsentIDs(name, file: bigQuery.dryRun ? nil : notFound)
            let connection = try bigQuery.connection(edge, settings, stage: "bq-fetch", paidBy: name)
            try edge.openInput()
            let table = try connection.client.table(name)
            try bigQuery.requireLocation(of: table, connection.client, settings)
            let asOf = try bigQuery.asOfClause([table])
            let statement = try withStops(onColumns: "look at the table's schema, and choose with --columns") {
                try FetchStatement(table, columns, asOf: asOf)
            }
            if bigQuery.dryRun { return try plan(statement, connection, table, &edge) }
            return try fetch(Fetch(statement, connection, table, absent, from: edge.monotonicTime), &edge)
        }
    }

    private func fetch(_ fetch: consuming Fetch, _ edge: inout Edge) throws -> ExitStatus {
        var batches = Batches(batching, idField: "id", keepsLines: false)
        while let batch = try batches.next(&edge) { try fetch.write(batch, to: &edge) }
        try edge.flush()
        fetch.report(edge)
        return edge.skipped == 0 && fetch.foundAll ? .done : .failures
    }

    private func plan(
        _ statement: FetchStatement, _ connection: Connection, _ table: Table, _ edge: inout Edge
    ) throws -> ExitStatus {
        var batches = Batches(batching, idField: "id", keepsLines: false)
        var plan = bigQuery.emptyPlan
        var isNarrowed = false
        while let batch = try batches.next(&edge) {
            let query = statement.query(batch.ids, within: batch.span, connection, in: table.location)
            try plan.add(query, of: [table], connection, edge)
            isNarrowed = isNarrowed || batch.span != nil
        }
        if isNarrowed {
            edge.diagnostics.report("not counted: ids that their dates do not find are asked for once more")
        }
        plan.report(to: edge.diagnostics)
        return edge.skipped == 0 ? .done : .failures
    }
}
