import Foundation
import TestSupport
import Testing

/// One folder below Golden/: a command as a user types it, what goes in, and all that comes out.
///
/// | file | what it holds | when it is absent |
/// |---|---|---|
/// | `args` | the filter's arguments, one on a line | none |
/// | `command` | instead of `args`: a line for bash | |
/// | `stdin` | what goes in | nothing |
/// | `before/` | files that stand in the working folder | an empty folder |
/// | `stdout`, `stderr`, `status` | what comes out | nothing, nothing, 0 |
/// | `after/` | files that must then stand in the working folder, byte for byte | not looked at |
/// | `scrub` | sed expressions for what differs from run to run, applied to stdout and stderr | nothing |
struct GoldenCase: CustomTestStringConvertible, Sendable {
    let folder: URL

    /// `to-webhook/bad-timestamp-is-named-and-skipped`.
    var testDescription: String { "\(filter)/\(folder.lastPathComponent)" }

    private var filter: String { folder.deletingLastPathComponent().lastPathComponent }

    static let all: [GoldenCase] = {
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        return children(of: golden).flatMap(children).map(GoldenCase.init)
    }()

    private static func children(of folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map(folder.appendingPathComponent)
    }

    /// Runs the case and returns each difference from what the folder says; none when it is as it should be.
    func differences() throws -> [Difference] {
        let place = try TemporaryFolder()
        for file in GoldenCase.children(of: folder.appendingPathComponent("before")) {
            try FileManager.default.copyItem(at: file, to: place.url.appendingPathComponent(file.lastPathComponent))
        }
        let run = try run(in: place.url)
        var differences = [
            Difference(of: "stdout", try scrubbed(run.output), expected: contents("stdout")),
            Difference(of: "stderr", try scrubbed(run.messages), expected: contents("stderr")),
            Difference(
                of: "status", Data("\(run.status)\n".utf8),
                expected: contents("status").isEmpty
                    ? Data("0\n".utf8) : contents("status")),
        ]
        for file in GoldenCase.children(of: folder.appendingPathComponent("after")) {
            let written = try? Data(contentsOf: place.url.appendingPathComponent(file.lastPathComponent))
            differences.append(
                Difference(
                    of: "after/\(file.lastPathComponent)", try scrubbed(written ?? Data("no such file".utf8)),
                    expected: try Data(contentsOf: file)))
        }
        return differences.compactMap { $0 }
    }

    private func run(in place: URL) throws -> Run {
        let command = String(decoding: contents("command"), as: UTF8.self)
        if !command.isEmpty { return try Run(shell: command, input: contents("stdin"), in: place) }
        let arguments = String(decoding: contents("args"), as: UTF8.self).split(separator: "\n").map(String.init)
        return try Run(filter, arguments, input: contents("stdin"), in: place)
    }

    private func contents(_ name: String) -> Data {
        (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
    }

    private func scrubbed(_ data: Data) throws -> Data {
        let scrub = folder.appendingPathComponent("scrub")
        guard FileManager.default.fileExists(atPath: scrub.path) else { return data }
        return try Run("/usr/bin/env", ["sed", "-E", "-f", scrub.path], input: data, in: folder).output
    }
}

/// What came out where something else was expected.
struct Difference: CustomStringConvertible {
    let description: String

    /// Nil when there is none.
    init?(of name: String, _ actual: Data, expected: Data) {
        guard actual != expected else { return nil }
        description = """
            \(name) is
            \(String(decoding: actual, as: UTF8.self))
            instead of
            \(String(decoding: expected, as: UTF8.self))
            """
    }
}
