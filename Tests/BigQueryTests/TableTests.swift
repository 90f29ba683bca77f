import NDJSON
import Testing

@testable import BigQuery

@Suite struct TableTests {
    private let json = """
        {"type":"TABLE","location":"EU","numRows":"9007199254740993","numBytes":"12",
        "timePartitioning":{"type":"DAY","field":"start_date","requirePartitionFilter":true},
        "clustering":{"fields":["sport_type","start_date"]},
        "schema":{"fields":[{"name":"id","type":"integer","mode":"REQUIRED"},
        {"name":"athlete","type":"STRUCT","fields":[{"name":"Id","type":"INT64"}]},
        {"name":"laps","type":"RECORD","mode":"repeated","fields":[{"name":"x","type":"VECTOR"}]}]}}
        """

    @Test func `a table is read as the service describes it`() throws {
        let name = try TableName("my-project.d.t")
        let table = Table(name, try JSONValue(parsing: Array(json.utf8)))
        #expect(table.kind == .table)
        #expect(table.location == "EU")
        #expect(table.rowCount == 9_007_199_254_740_993)
        #expect(table.partitioning == Table.Partitioning(unit: "DAY", column: "start_date"))
        #expect(table.clustering == ["sport_type", "start_date"])
        #expect(table.requiresPartitionFilter)
        #expect(
            table.schema.fields == [
                Field("id", .integer),
                Field("athlete", .record, fields: [Field("Id", .integer)]),
                Field("laps", .record, isRepeated: true, fields: [Field("x", .unknown("VECTOR"))]),
            ])
    }

    @Test func `fields are found by path, whatever the case of their letters`() throws {
        let schema = Schema([Field("athlete", .record, fields: [Field("Id", .integer)])])
        #expect(schema[try ColumnPath("ATHLETE.id")]?.name == "Id")
        #expect(schema[try ColumnPath("athlete")]?.type == .record)
        #expect(schema[try ColumnPath("athlete.name")] == nil)
        #expect(schema[try ColumnPath("id")] == nil)
    }

    @Test(arguments: [
        ("INT64", FieldType.integer), ("float", .float), ("FLOAT64", .float), ("BigNumeric", .numeric),
        ("bool", .boolean), ("BOOLEAN", .boolean), ("DateTime", .dateTime), ("struct", .record), ("RANGE", .range),
    ])
    func `both names of a type are known, in any case`(name: String, type: FieldType) {
        #expect(FieldType(name) == type)
    }
}
