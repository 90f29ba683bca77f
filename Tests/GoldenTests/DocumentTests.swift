import Foundation
import TestSupport
import Testing

/// What docs/, CONTRIBUTING.md, SECURITY.md and the scripts' READMEs name is there, and what is there is named.
@Suite struct DocumentTests {
    /// What can be run in scripts/ and below, but for what benchmarks are made of.
    private static let scripts: [String] = {
        let folder = Run.clone.appendingPathComponent("scripts")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.map { "scripts/\($0)" }.filter { name in
            var isFolder: ObjCBool = false
            let path = "\(Run.clone.path)/\(name)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: path) && !name.contains("/benchmarks/")
        }.sorted()
    }()

    private static let documents: [String] = {
        let folders = Set(scripts.map { ($0 as NSString).deletingLastPathComponent })
        return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/design.md", "schemas/README.md"]
            + folders.map { "\($0)/README.md" }.sorted()
    }()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Run.clone.appendingPathComponent(name), encoding: .utf8)
    }

    @Test(arguments: documents)
    func `each path that a document names is there`(name: String) throws {
        let folder = Run.clone.appendingPathComponent((name as NSString).deletingLastPathComponent)
        let text = try text(name)
        let links = text.matches(of: /\]\(([A-Za-z.][^):#]*)\)/).map { folder.appendingPathComponent(String($0.1)) }
        let paths = text.matches(
            of: /`((Sources|Tests|scripts|man|schemas|docs|contrib|completions)\/[A-Za-z0-9\/._+-]*[A-Za-z0-9])`/
        ).map { Run.clone.appendingPathComponent(String($0.1)) }
        for path in links + paths where !path.path.contains("NAME") {
            #expect(FileManager.default.fileExists(atPath: path.path), "\(name) names \(path.path)")
        }
    }

    @Test(arguments: scripts)
    func `each script has a line in the README of its folder`(script: String) throws {
        let (folder, name) = ((script as NSString).deletingLastPathComponent, (script as NSString).lastPathComponent)
        #expect(try text("\(folder)/README.md").contains("| `\(name)"))
    }

    @Test(arguments: scripts)
    func `each shell script explains itself, and refuses what it does not know`(script: String) throws {
        guard try text(script).hasPrefix("#!/usr/bin/env bash") else { return }
        let path = "\(Run.clone.path)/\(script)"
        let help = try Run(path, ["--help"], in: Run.clone)
        #expect(help.status == 0 && help.lines.first?.hasPrefix("Usage: ") == true, "\(help.words)")
        let unknown = try Run(path, ["--no-such-option"], in: Run.clone)
        #expect(unknown.status == 64 && unknown.words.contains("--no-such-option"), "\(unknown.words)")
    }

    @Test func `the table of the modules has the arrows that check-sources knows`() throws {
        let arrows = Dictionary(
            uniqueKeysWithValues: try text("scripts/development/check-sources")
                .matches(of: /\[([A-Za-z-]+)\]="([^"]*)"/).map { match in
                    (
                        String(match.1),
                        Set(match.2.split(separator: " ").map(String.init)).subtracting(["ArgumentParser"])
                    )
                })
        let design = try text("docs/design.md")
        let table = Dictionary(
            uniqueKeysWithValues: design.matches(of: /\| ([A-Za-z-]+) \| ([A-Za-z, –]+) \| [^|]+ \|\n/).map { match in
                (String(match.1), Set(match.2.split(separator: ", ").map(String.init)).subtracting(["–"]))
            }.filter { $0.0 != "module" })
        #expect(arrows.count > 10)
        #expect(table == arrows)
        let picture = try #require(design.firstMatch(of: /```(?s:.*?)```/)).output
        for module in arrows.keys { #expect(picture.contains(module), "the picture has no \(module)") }
    }
}
