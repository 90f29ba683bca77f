import Foundation
import TestSupport
import Testing

/// The examples of README.md: each is typed into a shell, in the order in which a reader would, in one folder.
@Suite struct ReadmeTests {
    @Test func `each example prints what README says`() throws {
        let examples = try ReadmeTests.examples()
        #expect(examples.count > 5, "README.md has lost its examples")
        let folder = try TemporaryFolder()
        for example in examples {
            let run = try Run(
                shell: "exec 2>&1; \(example.command)", environment: ["BACKFILL_BIN": Run.programs.path],
                in: folder.url)
            let shown = scrubbed(String(decoding: run.output, as: UTF8.self))
            #expect(shown == scrubbed(example.output), "README.md: $ \(example.command)")
        }
    }

    @Test func `each script that README names is there and explains itself`() throws {
        let text = try String(contentsOf: Run.clone.appendingPathComponent("README.md"), encoding: .utf8)
        let names = Set(text.matches(of: /`(scripts\/[a-z\/-]*[a-z])`/).map { String($0.1) })
        #expect(names.isSuperset(of: ["scripts/demo", "scripts/test", "scripts/data/backfill-activities"]))
        for name in names {
            let run = try Run(shell: "\(name) --help", in: Run.clone)
            #expect(run.status == 0 && !run.output.isEmpty, "\(name) --help")
        }
    }

    /// A command after `$ `, with the lines that a backslash joins to it, and all that is printed below it.
    private struct Example {
        var command: String
        var output: String
    }

    /// What stands in fences marked `console`.
    private static func examples() throws -> [Example] {
        let text = try String(contentsOf: Run.clone.appendingPathComponent("README.md"), encoding: .utf8)
        var examples: [Example] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = line == "```console"
            } else if isInside, line.hasPrefix("$ ") {
                examples.append(Example(command: String(line.dropFirst(2)), output: ""))
            } else if isInside, !examples.isEmpty {
                let last = examples.count - 1
                if examples[last].output.isEmpty, examples[last].command.hasSuffix("\\") {
                    examples[last].command += "\n" + line
                } else {
                    examples[last].output += line + "\n"
                }
            }
        }
        return examples
    }

    /// Without what differs from run to run: times, durations, ports, ids that the dispatcher makes up.
    private func scrubbed(_ text: String) -> String {
        text.replacing(/"time":"[^"]*"/, with: "\"time\":…")
            .replacing(/"elapsed_ms":[0-9]+/, with: "\"elapsed_ms\":…")
            .replacing(/"correlation_id":"[^"]*"/, with: "\"correlation_id\":…")
            .replacing(/127\.0\.0\.1:[0-9]+/, with: "127.0.0.1:…")
    }
}
