import ArgumentParser
import BigQuery
import BigQueryFilter
import FilterKit

/// The table whose gaps are looked for.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Table that may lack activities.", valueName: "table"),
        transform: TableName.init)
    var target: TableName?

    @Flag(name: .customLong("no-target"), help: "List the source without comparing it.")
    var isNone = false

    func validate() throws {
        guard target == nil || !isNone else {
            throw ValidationError("--target, --no-target: they contradict each other")
        }
    }

    /// The table, from the option, else from the environment that was named; nil with `--no-target`.
    func table(_ settings: Settings) throws -> TableName? {
        guard !isNone else { return nil }
        if let target { return target }
        if let setting = settings.destination("BACKFILL_TARGET_TABLE") {
            return try settings.parse(setting, TableName.init)
        }
        if let file = settings.file {
            throw Stop(
                .configuration, "\(file.path): BACKFILL_TARGET_TABLE: missing", wayOut: "add it, or give --target")
        }
        throw Stop(
            .usage, "--target: missing: no table to compare with",
            wayOut: "give --target PROJECT.DATASET.TABLE, --target-env NAME or --no-target")
    }
}

/// Which rows of the source are wanted.
struct SelectionOptions: ParsableArguments {
    enum Order: String, ExpressibleByArgument, CaseIterable { case oldest, newest }

    @Option(help: ArgumentHelp("First day in UTC, or time from which on.", valueName: "day"), transform: TimeBound.init)
    var startDate: TimeBound?

    @Option(help: ArgumentHelp("Last day in UTC, or time before which.", valueName: "day"), transform: TimeBound.init)
    var endDate: TimeBound?

    @Option(
        name: .customLong("activity-type"),
        help: ArgumentHelp("Only activities of this sport; may be given again.", valueName: "type"))
    var activityTypes: [String] = []

    @Option(help: ArgumentHelp("List, or let pass, so many at most.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Which come first.", visibility: .rare))
    var order: Order = .oldest

    @Option(
        help: ArgumentHelp(
            "Leave out the ids in this table, as PROJECT.DATASET.TABLE; may be given again.", valueName: "table",
            visibility: .rare),
        transform: TableName.init)
    var exclude: [TableName] = []

    @Option(
        name: .customLong("exclude-ids"),
        help: ArgumentHelp(
            "Leave out the ids in this file; may be given again.", valueName: "file", visibility: .rare),
        completion: .file())
    var excludeIDs: [String] = []

    func validate() throws {
        do { _ = try TimeRange(start: startDate, end: endDate) } catch {
            throw ValidationError("--start-date, --end-date: \(error)")
        }
        if let limit, limit <= 0 { throw ValidationError("--limit: not above zero: \(limit)") }
        if activityTypes.contains("") { throw ValidationError("--activity-type: is empty") }
    }

    /// The moments between the two dates.
    var range: TimeRange {
        guard let range = try? TimeRange(start: startDate, end: endDate) else {
            preconditionFailure("validate() accepted the dates")
        }
        return range
    }

    /// The options that choose rows, as they would be typed, each with a blank before it; without `--limit`.
    var words: String {
        let bounds = [("--start-date", startDate), ("--end-date", endDate)].compactMap { name, bound in
            bound.map { " \(name) \($0)" }
        }
        let types = activityTypes.map { " --activity-type \(shellWord($0))" }
        let ids = excludeIDs.map { " --exclude-ids \(shellWord($0))" }
        return (bounds + types + ids).joined() + (order == .newest ? " --order newest" : "")
    }

    /// The limit counts what is missing, which only the last stage of a pipe knows.
    var limitWords: String { limit.map { " --limit \($0)" } ?? "" }

    /// An option that was given and makes sense for a table alone; nil when there is none.
    var optionForTablesOnly: String? {
        let given: [(String, Bool)] = [
            ("--start-date", startDate != nil), ("--end-date", endDate != nil),
            ("--activity-type", !activityTypes.isEmpty), ("--order", order != .oldest),
        ]
        return given.first { $0.1 }?.0
    }

    /// The tables, from the options, else from the environment.
    func excludedTables(_ settings: Settings) throws -> [TableName] {
        guard exclude.isEmpty else { return exclude }
        return try settings["BACKFILL_EXCLUDE_TABLE"].map { [try settings.parse($0, TableName.init)] } ?? []
    }

    /// The files of ids, with the option that names them.
    var files: [(option: String, path: String?)] { excludeIDs.map { ("--exclude-ids", $0) } }

    /// The ids in all files, each once. Throws `Stop` with status 78.
    func excludedIDs(_ edge: borrowing Edge) throws -> [Int64] {
        var ids: Set<Int64> = []
        for path in excludeIDs {
            do { ids.formUnion(try IDFile.ids(in: edge.contents(of: path, limit: 256 << 20))) } catch let error
                as IDFileError
            {
                throw Stop(.configuration, "--exclude-ids: \(path): \(error)")
            }
        }
        // They travel with the query, and a request has at most 10 MB.
        guard ids.count <= 250_000 else {
            throw Stop(
                .configuration, "--exclude-ids: \(ids.count) ids: a query takes 250000 at most",
                wayOut: "load them into a table, and name it with --exclude")
        }
        return ids.sorted()
    }
}

/// Where the columns are, when they are not where they usually are.
struct ColumnOptions: ParsableArguments {
    /// What helps when a table's columns are not found.
    static let wayOut = "name it with --id-column, --athlete-column, --date-column or --type-column"

    @Option(
        help: ArgumentHelp("Column of the activity's id.", valueName: "column", visibility: .rare),
        transform: ColumnPath.init)
    var idColumn: ColumnPath?

    @Option(
        help: ArgumentHelp("Column of the athlete's id.", valueName: "column", visibility: .rare),
        transform: ColumnPath.init)
    var athleteColumn: ColumnPath?

    @Option(
        help: ArgumentHelp("Column of the time of the start.", valueName: "column", visibility: .rare),
        transform: ColumnPath.init)
    var dateColumn: ColumnPath?

    @Option(
        help: ArgumentHelp("Column of the sport.", valueName: "column", visibility: .rare),
        transform: ColumnPath.init)
    var typeColumn: ColumnPath?

    /// The options as they would be typed, each with a blank before it.
    var words: String {
        let given = [
            ("id", idColumn), ("athlete", athleteColumn), ("date", dateColumn), ("type", typeColumn),
        ]
        return given.compactMap { name, column in column.map { " --\(name)-column \(shellWord("\($0)"))" } }.joined()
    }
}

/// How records are taken from stdin.
struct StreamOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where a record of stdin has its id.", valueName: "path", visibility: .rare))
    var idField = "id"

    @OptionGroup var batches: BatchOptions

    func validate() throws {
        guard idField.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("--id-field: not a path, as event.object_id: \(idField)")
        }
    }

    /// The options as they would be typed, each with a blank before it.
    var words: String { (idField == "id" ? "" : " --id-field \(shellWord(idField))") + batches.words }
}
