import BigQuery
import BigQueryFilter
import FilterKit

/// The tables of one comparison.
struct ComparedTables {
    let source: Table
    let target: Table?
    /// The tables whose ids are left out.
    let excluded: [Table]

    var all: [Table] { [source] + others }

    /// The tables whose ids do not come out.
    var others: [Table] { (target.map { [$0] } ?? []) + excluded }
}

extension ComparedTables {
    /// Asks what the tables are. Throws `Stop` when there is no target yet, with what would make one.
    init(source: TableName, target: TableName?, excluded: [TableName], _ client: Client) throws {
        let source = try client.table(source)
        self.source = source
        self.target = try target.map { try client.target($0, like: source) }
        self.excluded = try excluded.map(client.table)
    }

    /// What a pipe that asks each place by itself takes over of the options.
    struct Words {
        /// What chooses rows of the source.
        let first: String
        /// What each stage needs.
        let each: String
        /// What bounds the last one.
        let last: String
        /// Whether the tables to leave out were named by options; else the environment did.
        let namesExcluded: Bool
    }

    /// Where all of them lie; nil when the service does not say. Throws `Stop` when they lie apart.
    func place(_ client: Client, _ words: Words) throws -> String? {
        guard let home = try client.place(of: source) else { return nil }
        let places = try others.map { (table: $0, place: try client.place(of: $0)) }
        let apart = places.filter { $0.place.map { $0.lowercased() != home.lowercased() } ?? false }
        guard let other = apart.last, let place = other.place else { return home }
        throw Stop(
            .configuration,
            "\(source.name): lies in \(home), \(other.table.name) in \(place): no query reads both",
            wayOut: detour(around: apart.map(\.table), words))
    }

    /// A pipe that asks each place by itself: the source's rows pass a filter for each table that lies elsewhere.
    private func detour(around apart: [Table], _ words: Words) -> String {
        let isApart = { (table: Table) in apart.contains { $0.name == table.name } }
        // The environment would name the table again that is asked for by itself here.
        var first = words.namesExcluded || excluded.isEmpty ? "" : "BACKFILL_EXCLUDE_TABLE= "
        first += "bq-missing --source \(source.name)"
        if let target, !isApart(target) { first += " --target \(target.name)" } else { first += " --no-target" }
        for table in excluded where !isApart(table) { first += " --exclude \(table.name)" }
        let filters = apart.map { "bq-missing --source - --target \($0.name)\(words.each)" }
        return ([first + words.first + words.each] + filters).joined(separator: " | ") + words.last
    }
}

extension BqMissing {
    /// What was typed, as a pipe that asks each place by itself takes it over.
    var wordsForDetour: ComparedTables.Words {
        ComparedTables.Words(
            first: selection.words, each: columns.words + bigQuery.words, last: selection.limitWords,
            namesExcluded: !selection.exclude.isEmpty)
    }
}

extension Client {
    /// The table that may lack rows. Throws `Stop` when it does not exist, with the command that makes one `like` another.
    func target(_ name: TableName, like source: Table?) throws -> Table {
        do { return try table(name) } catch let error as BigQueryError {
            guard case .notFound = error else { throw error }
            throw Stop(.configuration, error, wayOut: "make it: \(try creation(of: name, like: source))")
        }
    }

    private func creation(of name: TableName, like source: Table?) throws -> String {
        let dataset = try exists(datasetOf: name) ? "" : "\(try creation(ofDatasetOf: name, like: source)) && "
        guard let source else {
            return dataset + "bq mk --table --time_partitioning_field=start_date"
                + " \(name.project):\(name.dataset).\(name.table) SCHEMA.json"
        }
        return dataset + "bq query --project_id=\(project) --use_legacy_sql=false"
            + " 'CREATE TABLE \(name.sql) LIKE \(source.name.sql)'"
    }

    /// A table is copied, and compared, in one place only.
    private func creation(ofDatasetOf name: TableName, like source: Table?) throws -> String {
        let place = try source.flatMap(place).map { "--location=\($0) " } ?? ""
        return "bq \(place)mk --dataset \(name.project):\(name.dataset)"
    }

    /// What is said of a table that is not found does not tell whether its dataset is there.
    private func exists(datasetOf name: TableName) throws -> Bool {
        do {
            _ = try location(ofDatasetOf: name)
            return true
        } catch BigQueryError.notFound { return false }
    }
}
