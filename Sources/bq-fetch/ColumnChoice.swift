import BigQuery
import BigQueryFilter
import FilterKit

/// Which columns a row has.
enum ColumnChoice: Equatable, Sendable {
    /// All of them.
    case all
    /// What an event is made of, under the names that the schema has; each further column would be billed for nothing.
    case event
    /// These, and always the id.
    case paths([ColumnPath])

    /// `@all`, `@event`, or paths separated by commas.
    init(_ text: String) throws(NameError) {
        switch text {
        case "@all": self = .all
        case "@event": self = .event
        default:
            var paths: [ColumnPath] = []
            for path in text.split(separator: ",", omittingEmptySubsequences: false) {
                paths.append(try ColumnPath(String(path)))
            }
            self = .paths(paths)
        }
    }

    /// The most rows to ask for in one page. The service itself ends a page at 20 MB; this is for servers that count rows
    /// alone, and keeps their pages near that.
    /// Source: cloud.google.com/bigquery/docs/paging-results.
    var pageRows: Int {
        switch self {
        case .all: 1_000
        case .paths: 10_000
        case .event: 50_000
        }
    }

    /// The paths in `table`, in its own spelling; nil for all. Throws a `ColumnError` when it lacks one.
    func paths(in table: Table) throws(ColumnError) -> [ColumnPath]? {
        let id = try table.column(ActivityColumn.id, .integer)
        switch self {
        case .all: return nil
        case .event:
            return [
                id, try table.column(ActivityColumn.athlete, .integer),
                try table.column(ActivityColumn.startDate, .timestamp),
            ]
        case .paths(let paths):
            for path in paths where table.schema[path] == nil { throw .missing(table.name, ["\(path)"]) }
            return [id] + paths
        }
    }
}
