public import Foundation
import Glibc

/// A program that ran to its end, and all that came out of it.
public struct Run {
    /// What it wrote to stdout.
    public let output: Data
    /// What it wrote to stderr.
    public let messages: Data
    /// Its exit status; 128+n when signal n ended it.
    public let status: Int32

    /// The folder of the test bundle, where all five programs stand too.
    public static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// The clone's top folder.
    public static let clone = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs a program on files: a pipe that nobody drains would hang both sides.
    ///
    /// - Parameters:
    ///   - program: A path, or the name of one of the five.
    ///   - input: All of its stdin.
    ///   - environment: What its environment has besides, or instead of, this process's own.
    public init(
        _ program: String, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:],
        in folder: URL
    ) throws {
        let files = try TemporaryFolder()
        let streams = ["stdin", "stdout", "stderr"].map { files.url.appendingPathComponent($0) }
        try input.write(to: streams[0])
        for stream in streams[1...] { try Data().write(to: stream) }

        let process = Process()
        // A test that hangs must end, and take what it started with it.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        let path = program.hasPrefix("/") ? program : Run.programs.appendingPathComponent(program).path
        process.arguments = ["--kill-after=5", "120", path] + arguments
        process.currentDirectoryURL = folder
        process.environment = Run.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: streams[0])
        process.standardOutput = try FileHandle(forWritingTo: streams[1])
        process.standardError = try FileHandle(forWritingTo: streams[2])
        try withoutBlockedSignals { try process.run() }
        process.waitUntilExit()

        output = try Data(contentsOf: streams[1])
        messages = try Data(contentsOf: streams[2])
        status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    }

    /// Runs a line as a user types it into bash, with the five programs on PATH.
    public init(
        shell line: String, input: Data = Data(), environment: [String: String] = [:], in folder: URL
    ) throws {
        try self.init("/bin/bash", ["-c", line], input: input, environment: environment, in: folder)
    }

    /// This process's environment, in which the five programs are found first.
    private static let environment: [String: String] = {
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = programs.path + ":" + environment["PATH", default: "/usr/bin:/bin"]
        return environment
    }()
}

/// Runs `body` with no signal blocked in this thread: a child inherits what is, and the test runner's threads block all,
/// so that a program started by them would hear no INT and no TERM.
private func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
}

/// A folder that goes away with its owner.
public final class TemporaryFolder {
    // A class, because a folder on disk has one identity, and `deinit` is what removes it.

    /// Where it is.
    public let url: URL

    /// Makes an empty one.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("backfill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

extension Run {
    /// The lines of stdout.
    public var lines: [String] { String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init) }

    /// What stderr says.
    public var words: String { String(decoding: messages, as: UTF8.self) }
}
