public import ArgumentParser
import Files

/// The options that mean the same in all five filters.
public struct CommonOptions: ParsableArguments {
    @Flag(help: "Say more: requests, queries, decisions.")
    var verbose = false

    @Flag(help: "Say only what went wrong.")
    var quiet = false

    @Option(help: ArgumentHelp("How messages on stderr look: text or json.", valueName: "format"))
    var logFormat: Diagnostics.Format = .text

    @Flag(help: "Stop at the first bad line instead of skipping it.")
    var strict = false

    @Option(help: ArgumentHelp("Append each skipped line to this file, byte for byte.", valueName: "file"))
    var rejects: String?

    @Option(
        help: ArgumentHelp("Refuse lines longer than this (default: 64MiB).", valueName: "size"),
        transform: ByteSize.init)
    var maxLineBytes = ByteSize(bytes: 64 << 20)

    /// All at their defaults.
    public init() {}

    func openRejects() throws -> AppendFile? {
        guard let rejects else { return nil }
        do { return try AppendFile(path: rejects) } catch { throw Stop(.inputOutput, error) }
    }

    /// Refuses contradictions.
    public func validate() throws {
        guard !(verbose && quiet) else { throw ValidationError("--verbose, --quiet: they contradict each other") }
    }
}

/// The environment that a filter works for, for the filters that have one.
public struct EnvironmentOptions: ParsableArguments {
    /// As it was given; nil when none was.
    @Option(
        name: .customLong("target-env"),
        help: ArgumentHelp("Read NAME.env: what no other option gives comes from there.", valueName: "name"))
    public var name: String?

    /// None named.
    public init() {}
}

extension Diagnostics.Format: ExpressibleByArgument {}
