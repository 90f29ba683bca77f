public import ArgumentParser
public import BigQuery
public import FilterKit

/// How a filter asks BigQuery: who pays, where, how much, how long.
public struct BigQueryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Project that queries run in and are billed to.", valueName: "project", visibility: .rare),
        transform: ProjectID.init)
    var billingProject: ProjectID?

    @Option(help: ArgumentHelp("Where the tables lie, as US or europe-west6.", visibility: .rare))
    var location: String?

    @Option(
        help: ArgumentHelp("Let BigQuery refuse a query that would bill more.", valueName: "size", visibility: .rare),
        transform: ByteSize.init)
    var maximumBytesBilled: ByteSize?

    /// The moment as of which all tables are read; nil for now.
    @Option(
        help: ArgumentHelp("Read all tables as they were at this time.", valueName: "time", visibility: .rare),
        transform: Moment.init)
    public var asOf: Moment?

    @Option(
        help: ArgumentHelp(
            "Give up on a query after this time, retries included (default: 10m).", valueName: "duration",
            visibility: .rare),
        transform: Duration.init(option:))
    var timeout: Duration = .seconds(600)

    @Option(
        help: ArgumentHelp("Send the access token that stands in this file.", valueName: "file", visibility: .rare),
        completion: .file())
    var accessTokenFile: String?

    /// Whether to say what would be run, and run nothing.
    @Flag(help: "Show the queries and what they would cost, run none.")
    public var dryRun = false

    /// What a tebibyte costs; nil for the list price.
    @Option(
        help: ArgumentHelp(
            "Price that --dry-run reckons with (default: \(Price.list), in USD).", valueName: "price",
            visibility: .rare),
        transform: Price.init)
    public var pricePerTib: Price?

    /// The environment that was named.
    @OptionGroup public var environment: EnvironmentOptions

    /// None given.
    public init() {}

    /// Refuses what no query could run with.
    public func validate() throws {
        if let location, !BigQueryOptions.isLocation(location) {
            throw ValidationError("--location: not a location: \(location)")
        }
    }

    /// The moment of `--as-of` as it stands behind each of `tables` in SQL; empty without one.
    ///
    /// A literal and not a parameter: it is checked, and not every server takes a parameter there. Throws `Stop` for a
    /// table without a past. Source: cloud.google.com/bigquery/docs/time-travel#limitations.
    public func asOfClause(_ tables: [Table]) throws -> String {
        guard let asOf else { return "" }
        for table in tables {
            switch table.kind {
            case .table, .other: continue
            case .view, .materializedView, .external, .snapshot:
                throw Stop(
                    .configuration, "--as-of: \(table.name): a \(table.kind) has no past",
                    wayOut: "name the table behind it, or leave --as-of out")
            }
        }
        return " FOR SYSTEM_TIME AS OF TIMESTAMP '\(asOf.timestamp)'"
    }

    /// Throws `Stop` when the location that was given is another than the one where `table` does lie.
    public func requireLocation(of table: Table, _ client: Client, _ settings: Settings) throws {
        guard let wanted = try location(settings),
            let place = try client.place(of: table),
            wanted.name.lowercased() != place.lowercased()
        else { return }
        throw Stop(
            .configuration, "\(wanted.origin): \(wanted.name): \(table.name) lies in \(place)",
            wayOut: "leave it out: tables are found without it")
    }

    /// The location that was given, and where. Throws `Stop` for a text that is none.
    func location(_ settings: Settings) throws -> (name: String, origin: String)? {
        if let location { return (location, "--location") }
        guard let setting = settings["BACKFILL_LOCATION"] else { return nil }
        guard BigQueryOptions.isLocation(setting.value) else {
            throw Stop(.configuration, "\(setting.origin): BACKFILL_LOCATION: not a location: \(setting.value)")
        }
        return (setting.value, "\(setting.origin): BACKFILL_LOCATION")
    }

    /// The options that another filter over the same tables needs too, as they would be typed, each with a blank before it.
    public var words: String {
        (billingProject.map { " --billing-project \($0)" } ?? "") + (asOf.map { " --as-of \($0.timestamp)" } ?? "")
            + (maximumBytesBilled.map { " --maximum-bytes-billed \($0.bytes)" } ?? "")
            + (accessTokenFile.map { " --access-token-file \(shellWord($0))" } ?? "")
    }

    /// What queries would cost; nothing yet.
    public var emptyPlan: Plan { Plan(at: pricePerTib) }

    private static func isLocation(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// The table that a filter reads.
public struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Table to read, as PROJECT.DATASET.TABLE.", valueName: "table"))
    var source: String?

    @Option(
        help: ArgumentHelp("Read strava.activities of this project.", valueName: "project"), transform: ProjectID.init)
    var sourceProject: ProjectID?

    /// None given.
    public init() {}

    /// Refuses contradictions and what is no table.
    public func validate() throws {
        guard source == nil || sourceProject == nil else {
            throw ValidationError("--source, --source-project: both given: one of them is enough")
        }
        guard let source, source != "-" else { return }
        do { _ = try TableName(source) } catch { throw ValidationError("--source: \(error)") }
    }

    /// Whether records come from stdin instead.
    public var isStandardInput: Bool { source == "-" }

    /// The table, from the options, else from BACKFILL_SOURCE_TABLE. Throws `Stop` when nobody names one.
    public func table(_ settings: Settings) throws -> TableName {
        if let source { return try TableName(source) }
        if let sourceProject { return try TableName(project: sourceProject, dataset: "strava", table: "activities") }
        if let setting = settings["BACKFILL_SOURCE_TABLE"] { return try settings.parse(setting, TableName.init) }
        throw Stop(
            .usage, "--source: missing: no table to read",
            wayOut: "give --source PROJECT.DATASET.TABLE, or BACKFILL_SOURCE_TABLE in the file of --target-env")
    }
}

/// `text` as one word of a shell.
public func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
        ("a"..."z").contains(Character(Unicode.Scalar($0 | 0x20))) || "0123456789-_./".utf8.contains($0)
    }
    guard !isPlain || text.isEmpty else { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
