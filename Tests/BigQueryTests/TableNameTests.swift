import NDJSON
import Testing

@testable import BigQuery

@Suite struct TableNameTests {
    @Test(arguments: [
        ("my-project.d.t", "my-project", "d", "t"),
        ("my-project:d.t", "my-project", "d", "t"),
        ("example.com:my-project.D_1.t", "example.com:my-project", "D_1", "t"),
        ("example.com:my-project:d.t", "example.com:my-project", "d", "t"),
        ("progressor-x.strava.Tour d été", "progressor-x", "strava", "Tour d été"),
        ("my-project.d.t-20240101_x", "my-project", "d", "t-20240101_x"),
    ])
    func `a table is taken apart from the right`(text: String, project: String, dataset: String, table: String) throws {
        let name = try TableName(text)
        #expect(name.project.description == project)
        #expect(name.dataset == dataset)
        #expect(name.table == table)
        #expect(name.sql == "`\(project).\(dataset).\(table)`")
    }

    @Test(arguments: ["", "t", "d.t", "my-project", "my-project:d"])
    func `fewer than three parts are no table`(text: String) {
        #expect(throws: NameError.notThreeParts(Excerpt(text))) { try TableName(text) }
    }

    @Test(arguments: [
        "A.d.t", "short.d.t", "-dashed.d.t", "dashed-.d.t", "my_project.d.t", ".d.t", "com:my-project.d.t",
    ])
    func `a project id is what Google gives out`(text: String) {
        let project = String(text.dropLast(4))
        #expect(throws: NameError.notAProject(Excerpt(project))) { try TableName(text) }
    }

    @Test(arguments: ["my-project.d-x.t", "my-project..t", "my-project.é.t"])
    func `a dataset is letters, digits and underscores`(text: String) {
        let dataset = String(text.dropFirst("my-project.".count).dropLast(2))
        #expect(throws: NameError.notADataset(Excerpt(dataset))) { try TableName(text) }
    }

    @Test(arguments: ["t$20240101", "t@-3600", "t_*", "information_schema"])
    func `what looks like a table and is none is refused`(table: String) {
        #expect(throws: NameError.notOneTable(Excerpt("d.\(table)"))) { try TableName("my-project.d.\(table)") }
    }

    @Test(arguments: ["", "a`b", "a\\b", "a\nb", "a;b", "a'b", String(repeating: "t", count: 1025)])
    func `no name can end the quotes that it stands in`(table: String) {
        #expect(throws: NameError.notATable(Excerpt(table))) { try TableName("my-project.d.\(table)") }
    }
}

@Suite struct ColumnPathTests {
    @Test func `each part is quoted`() throws {
        #expect(try ColumnPath("athlete.id").sql() == "`athlete`.`id`")
        #expect(try ColumnPath("athlete.id").sql(in: "s") == "s.`athlete`.`id`")
        #expect(try ColumnPath("größe in %").parts == ["größe in %"])
    }

    @Test(arguments: ["", ".", "a.", "a..b", "a`b", "a\\", "a\"b", "a;b", "a\u{0}", "a\u{202E}", "@x", "a*", "f(x)"])
    func `no path can end the quotes that it stands in`(text: String) {
        #expect(throws: NameError.notAColumn(Excerpt(text))) { try ColumnPath(text) }
    }
}
