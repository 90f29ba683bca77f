import Foundation
import TestSupport
import Testing

/// Options stand in three places: in the program, in its help, in its page. They are the same ones.
@Suite struct OptionsTests {
    private static let filters = ["bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"]

    /// A script, and the file in which it parses its options.
    private static let scripts = [
        ("backfill-activities", "scripts/lib/options.bash"), ("plot-backfill", "scripts/data/plot-backfill"),
    ]

    private static func help(_ program: String, _ option: String = "--help") throws -> Run {
        let isScript = scripts.contains { $0.0 == program }
        return try Run(
            isScript ? Run.clone.appendingPathComponent("scripts/data/\(program)").path : program, [option],
            in: Run.clone)
    }

    /// The options that a help lists, each name by itself, in order; and whether it has a value.
    private static func options(in help: Run) -> [(name: String, hasValue: Bool)] {
        help.lines.compactMap { $0.prefixMatch(of: /\ \ (-[a-z], )?(--[a-z-]+)( [<A-Z])?/) }.flatMap { match in
            [match.1.map { String($0.prefix(2)) }, String(match.2)].compactMap { $0 }.map { ($0, match.3 != nil) }
        }
    }

    @Test(arguments: filters)
    func `the page of a filter tells each of its options once, in the order of --help-hidden`(name: String) throws {
        let options = OptionsTests.options(in: try OptionsTests.help(name, "--help-hidden")).map(\.name)
        #expect(options.count > 5, "\(name) --help-hidden: not read")
        let told = try ManualPage("\(name).1").options
        #expect(told == options + ["--help-hidden"])
    }

    @Test(arguments: scripts)
    func `the page of a script tells each of its options once, in the order of --help`(
        name: String, parser: String
    ) throws {
        let options = OptionsTests.options(in: try OptionsTests.help(name)).map(\.name)
        #expect(options.count > 5, "\(name) --help: not read")
        let told = try ManualPage("\(name).1").options
        #expect(told == options)
    }

    @Test(arguments: scripts)
    func `a script takes the options that its help shows, and no other`(name: String, parser: String) throws {
        let code = try String(contentsOf: Run.clone.appendingPathComponent(parser), encoding: .utf8)
        let patterns = code.split(separator: "\n").compactMap { $0.prefixMatch(of: /\ +(-[^()]*)\)/)?.1 }.flatMap {
            $0.split(separator: " | ").map(String.init)
        }
        let taken = patterns.filter { $0.wholeMatch(of: /--?[a-z][a-z-]*/) != nil }
        let shown = OptionsTests.options(in: try OptionsTests.help(name))
        #expect(Set(taken).symmetricDifference(shown.map(\.name)).isEmpty)
        // `--option=value`, where there is a value; one letter takes it only after a blank.
        let withValue = patterns.filter { $0.hasSuffix("=*") }.map { String($0.dropLast(2)) }
        let valued = shown.filter { $0.hasValue && $0.name.hasPrefix("--") }.map(\.name)
        #expect(Set(withValue).symmetricDifference(valued).isEmpty)
    }

    @Test(arguments: filters + scripts.map(\.0))
    func `--help fits a screen, and its last line names the page`(name: String) throws {
        let help = try OptionsTests.help(name)
        let rows = String(decoding: help.output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // A row is left for the prompt below it. The text ends with a newline, behind which there is none.
        #expect(rows.count - 1 <= (name == "backfill-activities" ? 48 : 23))
        #expect(rows.allSatisfy { $0.count <= 80 }, "\(name)")
        #expect(help.lines.last?.contains("man \(name)") == true)
    }

    @Test func `an option that --help leaves out is suggested, and its values are told, as those of others`() throws {
        let help = try OptionsTests.help("replay")
        #expect(!help.lines.contains { $0.contains("--auth") || $0.contains("--max-attempts") })
        let misspelt = try Run("replay", ["--max-atempts", "3"], in: Run.clone)
        #expect(misspelt.words.contains("'--max-attempts'"))
        let unknown = try Run("replay", ["--auth", "x"], in: Run.clone)
        #expect(unknown.words.contains("'none'") && unknown.words.contains("'id-token'"))
    }
}
