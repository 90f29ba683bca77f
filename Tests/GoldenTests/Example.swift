import Foundation
import TestSupport

/// A command of a document, after `$ `, with the lines that a backslash joins to it, and all that is printed below it.
struct Example {
    var command: String
    var output: String

    /// The commands in those parts of a document that `opening` and `closing` stand around.
    static func all(in lines: [String], opening: String, closing: String) -> [Example] {
        var examples: [Example] = []
        var isInside = false
        for line in lines {
            if line == closing || line == opening {
                isInside = line == opening
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

    /// What the command prints instead of what the document says, when it is typed in `folder`; nil when they agree.
    func difference(in folder: URL) throws -> Difference? {
        let run = try Run(
            shell: "exec 2>&1; \(command)", environment: ["BACKFILL_BIN": Run.programs.path], in: folder)
        let shown = scrubbed(String(decoding: run.output, as: UTF8.self))
        return Difference(of: "$ \(command)\nits output", Data(shown.utf8), expected: Data(scrubbed(output).utf8))
    }

    /// Without what differs from run to run: times, durations, ports, ids that the dispatcher makes up. How long a plan
    /// takes depends on the time of day at which it is made.
    private func scrubbed(_ text: String) -> String {
        text.replacing(/"time":"[^"]*"/, with: "\"time\":…")
            .replacing(/"elapsed_ms":[0-9]+/, with: "\"elapsed_ms\":…")
            .replacing(/"correlation_id":"[^"]*"/, with: "\"correlation_id\":…")
            .replacing(/(at|until|about|next) +([0-9-]{10} )?[0-9]{2}:[0-9]{2}Z/) { "\($0.1) …" }
            .replacing(/1[12]d([0-9]+h)?: first (now|at …)/, with: "…: first …")
            .replacing(/(asked|asked for at|first|last) +[0-9-]{10}T[0-9:]+Z/) { "\($0.1) …" }
            .replacing(/127\.0\.0\.1:[0-9]+/, with: "127.0.0.1:…")
    }
}
