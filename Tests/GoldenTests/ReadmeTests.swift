import Foundation
import TestSupport
import Testing

/// The examples of README.md: each is typed into a shell, in the order in which a reader would, in one folder.
@Suite struct ReadmeTests {
    @Test func `each example prints what README says`() throws {
        let text = try String(contentsOf: Run.clone.appendingPathComponent("README.md"), encoding: .utf8)
        let examples = Example.all(in: text.components(separatedBy: "\n"), opening: "```console", closing: "```")
        #expect(examples.count > 5, "README.md has lost its examples")
        let folder = try TemporaryFolder()
        for example in examples {
            let difference = try example.difference(in: folder.url)
            #expect(difference == nil, "README.md: \(difference?.description ?? "")")
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
}
