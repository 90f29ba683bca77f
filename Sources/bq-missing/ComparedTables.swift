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

    /// Where all of them lie; nil when the service does not say. Throws `Stop` when they lie apart.
    func place(_ client: Client, _ detour: Detour) throws -> String? {
        guard let home = try client.place(of: source) else { return nil }
        let places = try others.map { (table: $0, place: try client.place(of: $0)) }
        let apart = places.filter { $0.place.map { $0.lowercased() != home.lowercased() } ?? false }
        guard let other = apart.last, let place = other.place else { return home }
        throw Stop(
            .configuration,
            "\(source.name): lies in \(home), \(other.table.name) in \(place): no query reads both",
            wayOut: pipe(around: apart.map(\.table), detour))
    }

    /// A pipe that asks each place by itself: the source's rows pass a filter for each table that lies elsewhere.
    private func pipe(around apart: [Table], _ detour: Detour) -> String {
        let isHere = { (table: Table) in !apart.contains { $0.name == table.name } }
        let first = detour.stage(
            source: "\(source.name)", target: target.flatMap { isHere($0) ? $0.name : nil },
            excluded: excluded.filter(isHere).map(\.name), detour.first + detour.each)
        let filters = apart.map { detour.stage(source: "-", target: $0.name, detour.each) }
        return ([first] + filters).joined(separator: " | ") + detour.last
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
