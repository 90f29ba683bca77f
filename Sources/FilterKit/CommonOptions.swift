public import ArgumentParser
import Files

/// The options that mean the same in all five filters.
public struct CommonOptions: ParsableArguments {
    @Flag(help: "Say more: requests, queries, decisions.")
    var verbose = false

    @Flag(help: "Say only what went wrong.")
    var quiet = false

    @Option(help: ArgumentHelp("How messages on stderr look.", valueName: "format", visibility: .rare))
    var logFormat: Diagnostics.Format = .text

    @Flag(help: ArgumentHelp("Stop at the first bad line instead of skipping it.", visibility: .rare))
    var strict = false

    @Option(
        help: ArgumentHelp(
            "Append each skipped line to this file, byte for byte.", valueName: "file", visibility: .rare),
        completion: .file())
    var rejects: String?

    @Option(
        help: ArgumentHelp("Refuse lines longer than this (default: 64MiB).", valueName: "size", visibility: .rare),
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
        help: ArgumentHelp("Read NAME.env for what no other option gives.", valueName: "name"),
        completion: .custom { _, _, _ in EnvFile.names(in: EnvFile.folders(ProcessEnvironment.variables)) })
    public var name: String?

    /// None named.
    public init() {}
}

extension Diagnostics.Format: ExpressibleByArgument {}
