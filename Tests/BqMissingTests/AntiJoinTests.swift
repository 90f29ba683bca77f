import ArgumentParser
import BigQuery
import BigQueryFilter
import NDJSON
import Testing

@testable import bq_missing

@Suite struct AntiJoinTests {
    private func table(_ name: String, _ fields: [String], partitioned: Bool = false) throws -> Table {
        let columns = fields.map { field in
            let parts = field.split(separator: " ")
            return parts.count == 1
                ? #"{"name":"athlete","type":"RECORD","fields":[{"name":"id","type":"INTEGER"}]}"#
                : #"{"name":"\#(parts[0])","type":"\#(parts[1])"}"#
        }
        let partitioning = #""timePartitioning":{"field":"start_date"},"requirePartitionFilter":true,"#
        let json = #"{\#(partitioned ? partitioning : "")"schema":{"fields":[\#(columns.joined(separator: ","))]}}"#
        return Table(try TableName(name), try JSONValue(parsing: Array(json.utf8)))
    }

    private func source(partitioned: Bool = false) throws -> Table {
        try table(
            "old-project.strava.activities",
            ["id INTEGER", "athlete", "type STRING", "sport_type STRING", "start_date TIMESTAMP"],
            partitioned: partitioned)
    }

    private func target(partitioned: Bool = false) throws -> Table {
        try table(
            "new-project.d.t", ["id INTEGER", "athlete_id INTEGER", "start_date TIMESTAMP"], partitioned: partitioned)
    }

    private func join(
        _ source: Table, _ target: Table?, _ options: [String] = [], columns: [String] = [], excluded: [Table] = [],
        excludedIDs: [Int64] = [], asOf: String = ""
    ) throws -> AntiJoin {
        try AntiJoin(
            ComparedTables(source: source, target: target, excluded: excluded), ColumnOptions.parse(columns),
            SelectionOptions.parse(options), excludedIDs: excludedIDs, asOf: asOf)
    }

    @Test func `what the target lacks is asked in one query, values aside`() throws {
        let join = try join(
            source(), target(),
            ["--start-date", "2024-01-01", "--end-date", "2024-12-31", "--activity-type", "Ride", "--limit", "5"],
            excludedIDs: [7], asOf: " FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01T00:00:00Z'")
        #expect(
            join.sql == """
                SELECT s.`id` AS id, s.`athlete`.`id` AS athlete_id, s.`start_date` AS start_date, s.`sport_type` AS type, \
                s.`sport_type` AS backfill_type_0, s.`type` AS backfill_type_1
                FROM `old-project.strava.activities` AS s FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01T00:00:00Z'
                WHERE s.`id` IS NOT NULL
                  AND s.`start_date` >= @from
                  AND s.`start_date` < @to
                  AND (s.`sport_type` IN UNNEST(@types) OR s.`type` IN UNNEST(@types))
                  AND NOT EXISTS (SELECT 1 FROM `new-project.d.t` AS t \
                FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01T00:00:00Z' WHERE t.`id` = s.`id`)
                  AND s.`id` NOT IN UNNEST(@excluded)
                QUALIFY ROW_NUMBER() OVER (PARTITION BY s.`id` ORDER BY s.`start_date` DESC, s.`athlete`.`id`, \
                s.`sport_type`, s.`type`) = 1
                ORDER BY start_date, id
                LIMIT @limit
                """)
        #expect(
            join.parameters.map(\.description) == [
                "@from = 2024-01-01T00:00:00Z", "@to = 2025-01-01T00:00:00Z", "@types = [Ride]", "@excluded = [7]",
                "@limit = 5",
            ])
        #expect(join.lastReferenceColumn == 3)
        #expect(join.typeColumns == 2)
    }

    @Test func `the source alone is listed without a comparison, newest first when that is asked`() throws {
        let join = try join(source(), nil, ["--order", "newest"])
        #expect(!join.sql.contains("EXISTS"))
        #expect(join.sql.hasSuffix("\nORDER BY start_date DESC, id"))
        #expect(join.parameters.isEmpty)
    }

    @Test func `a table that wants a predicate on its partitions gets one`() throws {
        func open(_ alias: String) -> String {
            "(\(alias).`start_date` >= TIMESTAMP '0001-01-01 00:00:00+00' OR \(alias).`start_date` IS NULL)"
        }
        let whole = try join(source(partitioned: true), target(partitioned: true)).sql
        #expect(whole.contains("AND \(open("s"))\n"))
        #expect(whole.contains("WHERE t.`id` = s.`id` AND \(open("t")))"))
        let part = try join(source(partitioned: true), nil, ["--start-date", "2024-01-01"]).sql
        #expect(!part.contains("0001"))
    }

    @Test func `a predicate on the dates is none on partitions by another column`() throws {
        let json =
            #"{"timePartitioning":{"field":"deleted_at"},"requirePartitionFilter":true,"schema":{"fields":["#
            + #"{"name":"id","type":"INTEGER"},{"name":"athlete_id","type":"INTEGER"},"#
            + #"{"name":"start_date","type":"TIMESTAMP"},{"name":"deleted_at","type":"TIMESTAMP"}]}}"#
        let deleted = Table(try TableName("old-project.d.deleted"), try JSONValue(parsing: Array(json.utf8)))
        let sql = try join(deleted, nil, ["--start-date", "2024-01-01"]).sql
        #expect(
            sql.contains(
                "AND s.`start_date` >= @from\n  AND (s.`deleted_at` >= TIMESTAMP '0001-01-01 00:00:00+00' OR s.`deleted_at` IS NULL)"
            ))
    }

    @Test func `what an excluded table has comes out behind all else, marked`() throws {
        let deleted = try table("new-project.d.deleted", ["id INTEGER"])
        let hidden = try table("new-project.d.hidden", ["id INTEGER"])
        let sql = try join(source(), target(), excluded: [deleted, hidden]).sql
        #expect(
            sql.contains(
                "\nLEFT JOIN (SELECT DISTINCT x0.`id` AS id FROM `new-project.d.deleted` AS x0 "
                    + "UNION DISTINCT SELECT x1.`id` AS id FROM `new-project.d.hidden` AS x1) AS x ON x.id = s.`id`\nWHERE "
            ))
        #expect(sql.contains(", x.id IS NOT NULL AS backfill_excluded\nFROM "))
        #expect(sql.hasSuffix("\nORDER BY backfill_excluded, start_date, id"))
        #expect(try join(source(), target(), excluded: [deleted, hidden]).exclusionColumn == 4)
        let types = try join(source(), target(), ["--activity-type", "Ride"], excluded: [deleted])
        #expect(types.exclusionColumn == 6)
    }

    @Test func `a table with other names is read by them`() throws {
        let other = try table("old-project.d.t", ["key INT64", "who INT64", "began TIMESTAMP", "kind STRING"])
        let names = [
            "--id-column", "key", "--athlete-column", "who", "--date-column", "began", "--type-column", "kind",
        ]
        let sql = try join(other, target(), columns: names).sql
        #expect(
            sql.hasPrefix("SELECT s.`key` AS id, s.`who` AS athlete_id, s.`began` AS start_date, s.`kind` AS type\n"))
        #expect(sql.contains("WHERE t.`id` = s.`key`)"))
    }

    @Test func `a table that lacks a column is named`() throws {
        #expect(throws: ColumnError.missing(try TableName("old-project.d.t"), ["id"])) {
            try join(table("old-project.d.t", ["x STRING"]), nil)
        }
        #expect(throws: ColumnError.missing(try TableName("new-project.d.t"), ActivityColumn.type)) {
            try join(target(), nil, ["--activity-type", "Ride"])
        }
        #expect(try join(target(), nil).lastReferenceColumn == 2)
    }

    @Test func `which ids a table has is asked within the bounds of the batch`() throws {
        let lookup = try Lookup(target(), excluded: [], ColumnOptions.parse([]), asOf: "")
        #expect(
            lookup.sql == """
                SELECT DISTINCT t.`id` AS id
                FROM `new-project.d.t` AS t
                WHERE t.`id` IN UNNEST(@ids)
                  AND t.`id` BETWEEN @first AND @last
                """)
        #expect(
            lookup.parameters([5, 3, 9]).map(\.description) == ["@ids = [5, 3, 9]", "@first = 3", "@last = 9"])
    }

    @Test func `an excluded table is looked into with the target, by one query that tells them apart`() throws {
        let deleted = try table("new-project.d.deleted", ["id INTEGER"])
        let lookup = try Lookup(target(), excluded: [deleted], ColumnOptions.parse([]), asOf: "")
        #expect(
            lookup.sql.hasPrefix(
                "SELECT DISTINCT t.`id` AS id, FALSE AS backfill_excluded\nFROM `new-project.d.t` AS t\n"))
        #expect(
            lookup.sql.contains(
                "@last\nUNION DISTINCT\nSELECT DISTINCT t.`id` AS id, TRUE AS backfill_excluded\n"
                    + "FROM `new-project.d.deleted` AS t\n"))
    }

    @Test(arguments: [
        ["--source", "-", "--no-target"], ["--source", "-", "--limit", "0"], ["--source", "-", "--order", "newest"],
        ["--source", "a.b.c"], ["--target", "old-project.d.t", "--no-target"], ["--id-field", "a..b"],
        ["--source", "old-project.d.t", "--source-project", "old-project"], ["--start-date", "2024-02-30"],
        ["--start-date", "2024-02-02", "--end-date", "2024-02-01"], ["--batch-size", "0"], ["--location", "US'"],
        ["--job-report", ""], ["--job-report", "-"], ["--job-report", "r", "--source", "-"],
        ["--job-report", "r", "--dry-run"],
    ])
    func `options that contradict each other are refused before anything`(arguments: [String]) {
        #expect(throws: (any Error).self) { try BqMissing.parse(arguments) }
    }
}
