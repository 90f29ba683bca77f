import Foundation
import TestSupport
import Testing

/// The pages of man/: what they say about the programs is what the programs say and do.
@Suite struct ManualTests {
    private static let pages: [String] = (try? ManualPage.all) ?? []
    private static let notRun = #".\" not run"#

    private static let scripts = ["backfill-activities", "plot-backfill"]
    /// Pages of other packages that ours refer to.
    private static let elsewhere: Set = [
        "cron.8", "crontab.5", "curl.1", "fdatasync.2", "gnuplot.1", "journalctl.1", "jq.1", "kill.1",
        "systemd.timer.5",
        "umask.2",
    ]

    @Test func `there is a page for each program and script, one for the whole, and one for BigQuery`() throws {
        let package = try String(contentsOf: Run.clone.appendingPathComponent("Package.swift"), encoding: .utf8)
        let filters = try #require(package.firstMatch(of: /let filters = \[([^\]]*)\]/)?.1)
        let programs = filters.matches(of: /"([a-z-]+)"/).map { String($0.1) } + ManualTests.scripts
        #expect(programs.count == 7)
        #expect(Set(ManualTests.pages) == Set(programs.map { "\($0).1" } + ["backfill.7", "backfill-bigquery.7"]))
    }

    @Test(arguments: pages)
    func `a page refers to pages that are there`(name: String) throws {
        let references = try ManualPage(name).references
        #expect(!references.isEmpty)
        #expect(Set(references).subtracting(ManualTests.elsewhere).subtracting(ManualTests.pages).isEmpty, "\(name)")
    }

    @Test(arguments: pages)
    func `a page is mdoc without a warning`(name: String) throws {
        let path = try ManualPage(name).path
        let run = try Run("/usr/bin/env", ["mandoc", "-T", "lint", "-W", "warning", path], in: Run.clone)
        #expect(run.status == 0, "\(name): \(run.lines) \(run.words)")
    }

    @Test(arguments: pages)
    func `a page has the sections that every page has, in their order`(name: String) throws {
        #expect(
            try ManualPage(name).sections == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO",
                "CAVEATS",
            ])
    }

    @Test(arguments: pages)
    func `each example prints what the page says`(name: String) throws {
        let examples = try examples(of: ManualPage(name), run: true)
        #expect(!examples.isEmpty, "\(name) has lost its examples")
        let folder = try TemporaryFolder()
        for example in examples {
            let difference = try example.difference(in: folder.url)
            #expect(difference == nil, "\(name): \(difference?.description ?? "")")
        }
    }

    @Test(arguments: pages)
    func `an example that only the real service answers is a command for bash`(name: String) throws {
        for example in try examples(of: ManualPage(name), run: false) {
            // All of it is the command: nobody has seen here what it prints.
            let command = "\(example.command)\n\(example.output)"
            let folder = try TemporaryFolder()
            let check = try Run("/bin/bash", ["-n", "-c", command], in: folder.url)
            #expect(check.status == 0 && check.words.isEmpty, "\(name): \(check.words)")
        }
    }

    @Test func `the query for the costs names the labels that jobs have`() throws {
        let examples = try examples(of: ManualPage("backfill-bigquery.7"), run: false)
        let command = examples.map { "\($0.command)\n\($0.output)" }.joined()
        let code = try String(
            contentsOf: Run.clone.appendingPathComponent("Sources/BigQueryFilter/BigQueryOptions+Client.swift"),
            encoding: .utf8)
        #expect(code.contains(#"labels: ["tool": "activity-backfill", "stage": stage]"#))
        #expect(command.contains(#"tool.key = "tool" AND tool.value = "activity-backfill""#))
        #expect(command.contains(#"stage.key = "stage""#))
    }

    /// What EXAMPLES has to type: that which a comment marks as not run, or the rest.
    private func examples(of page: ManualPage, run: Bool) -> [Example] {
        let lines = page.section("EXAMPLES")
        let marked = lines.indices.map { $0 > 0 && lines[$0 - 1] == ManualTests.notRun }
        let kept = zip(lines, marked).map { line, isMarked in
            line == ".Bd -literal" && isMarked == run ? ".Bd of the others" : ManualPage.plain(line)
        }
        return Example.all(in: kept, opening: ".Bd -literal", closing: ".Ed")
    }
}
