import ArgumentParser
import BigQuery
import BigQueryFilter
import NDJSON
import Testing

@testable import bq_fetch

@Suite struct FetchTests {
    private static let fields = """
        {"name":"id","type":"INTEGER"},{"name":"athlete","type":"RECORD","fields":[{"name":"id","type":"INTEGER"}]},
        {"name":"type","type":"STRING"},{"name":"start_date","type":"TIMESTAMP"},
        {"name":"laps","type":"RECORD","mode":"REPEATED","fields":[{"name":"id","type":"INTEGER"},
        {"name":"segment","type":"RECORD","fields":[{"name":"name","type":"STRING"},{"name":"city","type":"STRING"}]},
        {"name":"splits","type":"RECORD","mode":"REPEATED","fields":[{"name":"n","type":"INTEGER"}]}]}
        """

    private func table(_ more: String = "", options: String = "") throws -> Table {
        let json = #"{\#(options)"schema":{"fields":[\#(Self.fields)\#(more)]}}"#
        return Table(try TableName("my-project.d.t"), try JSONValue(parsing: Array(json.utf8)))
    }

    private func list(_ columns: String) throws -> String {
        let table = try table()
        return SelectList(try #require(try ColumnChoice(columns).paths(in: table)), of: table.schema, in: "s").sql
    }

    @Test func `the id is always there, and the order is the schema's`() throws {
        #expect(
            try list("type,ATHLETE.id")
                == "s.`id` AS `id`, STRUCT(s.`athlete`.`id` AS `id`) AS `athlete`, s.`type` AS `type`")
        #expect(try list("athlete,athlete.id,id") == "s.`id` AS `id`, s.`athlete` AS `athlete`")
    }

    @Test func `arrays of records keep their shape and their order`() throws {
        #expect(
            try list("laps.segment.name,laps.splits.n")
                == "s.`id` AS `id`, ARRAY(SELECT AS STRUCT STRUCT(e1.`segment`.`name` AS `name`) AS `segment`, "
                + "ARRAY(SELECT AS STRUCT e2.`n` AS `n` FROM UNNEST(e1.`splits`) AS e2 WITH OFFSET AS o2 ORDER BY o2)"
                + " AS `splits` FROM UNNEST(s.`laps`) AS e1 WITH OFFSET AS o1 ORDER BY o1) AS `laps`")
    }

    @Test func `an event needs three columns, under the schema's names`() throws {
        let paths = try ColumnChoice("@event").paths(in: table(#",{"name":"sport_type","type":"STRING"}"#))
        #expect(paths?.map(\.description) == ["id", "athlete.id", "start_date"])
        #expect(try ColumnChoice("@all").paths(in: table()) == nil)
    }

    @Test func `a column that is not there is named`() throws {
        #expect(throws: ColumnError.missing(try TableName("my-project.d.t"), ["nope"])) {
            try ColumnChoice("id,nope").paths(in: table())
        }
        #expect(throws: NameError.notAColumn(Excerpt("a`b"))) { try ColumnChoice("a`b") }
        #expect(throws: NameError.notAColumn(Excerpt(""))) { try ColumnChoice("") }
    }

    @Test func `of several versions of a row the newest is fetched`() throws {
        let statement = try FetchStatement(
            table(#",{"name":"updated_at","type":"TIMESTAMP"}"#), ColumnChoice("type"), asOf: " AS OF X")
        let selected = "s.`id` AS `id`, s.`type` AS `type`"
        #expect(
            statement.sqlWithin == """
                WITH found AS (
                  SELECT \(selected)
                  FROM `my-project.d.t` AS s AS OF X
                  WHERE s.`id` IN UNNEST(@ids)
                    AND s.`id` BETWEEN @first AND @last
                    AND s.`start_date` BETWEEN @from AND @to
                  QUALIFY ROW_NUMBER() OVER (PARTITION BY s.`id` \
                ORDER BY s.`updated_at` DESC, TO_JSON_STRING(STRUCT(\(selected)))) = 1
                )
                SELECT backfill_position, f.`id` IS NOT NULL AS backfill_found, f.*
                FROM UNNEST(@ids) AS asked WITH OFFSET AS backfill_position
                LEFT JOIN found AS f ON f.`id` = asked
                ORDER BY backfill_found, backfill_position
                """)
        #expect(!statement.sqlAnywhere.contains("@from"))
    }

    @Test func `a table that wants a predicate on its partitions gets one when the dates are not known`() throws {
        let options = #""timePartitioning":{"field":"start_date"},"requirePartitionFilter":true,"#
        let statement = try FetchStatement(table(options: options), .all, asOf: "")
        #expect(statement.sqlAnywhere.contains("AND (s.`start_date` >= TIMESTAMP '0001-01-01 00:00:00+00' OR"))
        #expect(statement.sqlWithin?.contains("0001") == false)
    }

    @Test(arguments: [["--source", "-"], ["--columns", "a,,b"], ["--batch-size", "-1"], ["--timeout", "0s"]])
    func `options that no query could have are refused before anything`(arguments: [String]) {
        #expect(throws: (any Error).self) { try BqFetch.parse(arguments) }
    }
}
