import BigQuery
import BigQueryFilter
import FilterKit

// `--source -`: of the records on stdin those pass that the target lacks.
extension BqMissing {
    /// From stdin: a query for each batch of ids asks which of them the target has, or an excluded table.
    func passMissingRecords(_ edge: inout Edge) throws -> ExitStatus {
        let settings = try edge.settings(bigQuery.environment)
        guard let name = try target.table(settings) else { preconditionFailure("validate() asks for a target") }
        let excludedTables = try selection.excludedTables(settings)
        try edge.requireDistinctFiles(selection.files)
        let excludedIDs = Set(try selection.excludedIDs(edge))
        let connection = try bigQuery.connection(edge, settings, stage: "bq-missing", paidBy: name)
        try edge.openInput()
        let target = try connection.client.target(name, like: nil)
        let excluded = try excludedTables.map(connection.client.table)
        let tables = [target] + excluded
        try bigQuery.requireLocation(of: target, connection.client, settings)
        try Lookup.requireOnePlace(of: tables, connection.client, detour(settings))
        let asOf = try bigQuery.asOfClause(tables)
        let lookup = try withStops(onColumns: ColumnOptions.wayOut) {
            try Lookup(target, excluded: excluded, columns, asOf: asOf)
        }

        var batches = Batches(stream.batches, idField: stream.idField, keepsLines: true)
        var plan = bigQuery.emptyPlan
        var read = 0
        var passed = 0
        var leftOut = 0
        var pulse = Pulse(from: edge.monotonicTime)
        while passed < selection.limit ?? .max, let batch = try batches.next(&edge) {
            read += batch.ids.count
            if bigQuery.dryRun {
                try plan.add(lookup.query(batch.ids, connection), of: tables, connection, edge)
                continue
            }
            let found = try lookup.found(of: batch, connection)
            for (id, line) in zip(batch.ids, batch.lines) where !found.target.contains(id) {
                guard passed < selection.limit ?? .max else { break }
                guard !found.excluded.contains(id), !excludedIDs.contains(id) else {
                    leftOut += 1
                    continue
                }
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
            let left = leftOut > 0 ? ", \(leftOut) excluded left out" : ""
            edge.diagnostics.note("\(name): lacks \(passed) of \(read) records\(bound)\(left)\(edge.skippedWords)")
        }
        return edge.skipped == 0 ? .done : .failures
    }
}
