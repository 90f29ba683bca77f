import BigQuery
import BigQueryFilter
import FilterKit

/// The way round tables that lie apart: a pipe whose stages ask each place by itself, with the options that were given.
struct Detour {
    /// What the first stage needs besides: of a table, what chooses its rows.
    let first: String
    /// What each stage needs.
    let each: String
    /// What each stage needs to find the ids in the records that were on stdin.
    let stream: String
    /// What bounds the last stage.
    let last: String
    /// Whether the environment names a table to leave out.
    let isExcludingByEnvironment: Bool

    /// One stage; `options` each with a blank before it.
    func stage(source: String, target: TableName?, excluded: [TableName] = [], _ options: String) -> String {
        // Without --exclude a stage would look into the environment's table, which the pipe asks for by itself, or which
        // options stood for.
        let prefix = isExcludingByEnvironment && excluded.isEmpty ? "BACKFILL_EXCLUDE_TABLE= " : ""
        let comparison = target.map { " --target \($0)" } ?? " --no-target"
        let exclusions = excluded.map { " --exclude \($0)" }.joined()
        return "\(prefix)bq-missing --source \(source)\(comparison)\(exclusions)\(options)"
    }
}

extension BqMissing {
    /// What was typed, as a pipe that asks each place by itself takes it over.
    func detour(_ settings: Settings) -> Detour {
        Detour(
            first: selection.words, each: columns.words + bigQuery.words, stream: stream.words,
            last: selection.limitWords, isExcludingByEnvironment: settings["BACKFILL_EXCLUDE_TABLE"] != nil)
    }
}
