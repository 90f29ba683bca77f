import CSpawn
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

        let path = program.hasPrefix("/") ? program : Run.programs.appendingPathComponent(program).path
        // A test that hangs must end, and take what it started with it.
        let command = ["/usr/bin/timeout", "--kill-after=5", "120", path] + arguments
        status = try spawn(
            command, streams: streams.map(\.path), environment: Run.environment.merging(environment) { $1 },
            in: folder.path)
        output = try Data(contentsOf: streams[1])
        messages = try Data(contentsOf: streams[2])
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

/// Runs a command and waits for it. Returns its exit status, 128+n when signal n ended it.
///
/// By posix_spawn(3) and not by Foundation's Process, which has two faults for tests like these: the child inherits the
/// signals that the test runner's threads block, so that it hears no INT and no TERM; and the parent waits until also
/// the last daemon that the child left behind has ended.
private func spawn(
    _ command: [String], streams: [String], environment: [String: String], in folder: String
) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, streams[0], O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, streams[1], O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, streams[2], O_WRONLY, 0)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    posix_spawn_file_actions_addchdir_np(&actions, folder)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // Invariant: the C strings live until `defer`, and each array ends with nil, as execve(2) wants it.
    let words = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, command[0], &actions, &attributes, words, variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL) }
    var ending: Int32 = 0
    while waitpid(child, &ending, 0) < 0, errno == EINTR {}
    // The macros of wait(2): the lower seven bits are the signal, the next byte is the status.
    return ending & 0x7F == 0 ? ending >> 8 & 0xFF : 128 + ending & 0x7F
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
