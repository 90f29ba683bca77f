// (1) At most one Lock exists for a path at a time, over all processes.
// (2) It ends with its owner, by the kernel's hand: after kill -9 the file stays and hinders nobody.
// (3) The lock file is never removed: whoever waited for a removed one would hold a lock that nobody else sees.
import Glibc

/// One run at a time: holds a lock file, and says in it who holds it.
public struct Lock: ~Copyable {
    /// What to do when another holds the lock.
    public enum Patience: Sendable {
        /// Say so at once.
        case failIfHeld
        /// Wait for it.
        case wait
    }

    private let descriptor: OwnedDescriptor

    /// Locks the file at `path`, created 0600 where there is none, and writes `holder` into it: one line for a person,
    /// `process 4711 since 2026-11-23T14:02:11Z`.
    ///
    /// Throws `FileError.locked` with the other's line when another holds it.
    public init(path: String, holder: String) throws(FileError) {
        // Without waiting: at a pipe that somebody put there, an open would.
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let number = retrying { open(path, flags, 0o600) }
        guard number >= 0 else { throw AppendFile.refusal(path) }
        let descriptor = OwnedDescriptor(number)
        let mode = try descriptor.status(path: path).st_mode
        if let kind = FileError.Kind(mode: mode) { throw .isNoFile(path: path, kind) }
        try Self.acquire(number, .failIfHeld, path: path) { Self.line(in: number) }
        guard retrying({ ftruncate(number, 0) }) == 0 else { throw FileError.last(.write, path) }
        try descriptor.write(Array("\(holder)\n".utf8).span, path: path)
        self.descriptor = descriptor
    }

    deinit {
        // Courtesy only: what a killed holder leaves is overwritten by the next one.
        ftruncate(descriptor.number, 0)
        // Said aloud: a child that is just being forked has the descriptor too, and would hold the lock until its exec.
        flock(descriptor.number, LOCK_UN)
    }

    /// What the holder of the lock at `path` wrote about itself, empty when nothing; nil when nobody holds it.
    ///
    /// Nothing is created. The question takes the lock, shared, for a moment: a run that starts in it finds it held.
    public static func holder(at path: String) throws(FileError) -> String? {
        let number = retrying { open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        guard number >= 0 else {
            guard errno == ENOENT else { throw AppendFile.refusal(path) }
            return nil
        }
        let descriptor = OwnedDescriptor(number)
        guard flock(descriptor.number, LOCK_SH | LOCK_NB) != 0 else { return nil }
        guard errno == EWOULDBLOCK else { throw FileError.last(.lock, path) }
        return line(in: descriptor.number) ?? ""
    }

    /// `holder` is asked only when the lock is held.
    static func acquire(
        _ number: Int32, _ patience: Patience, path: String, holder: () -> String?
    ) throws(FileError) {
        guard flock(number, patience == .wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 else { return }
        guard errno == EWOULDBLOCK else { throw FileError.last(.lock, path) }
        throw .locked(path: path, holder: holder())
    }

    /// The first line of at most 200 bytes; nil when it is empty.
    private static func line(in number: Int32) -> String? {
        var room = [UInt8](repeating: 0, count: 200)
        // Invariant: the kernel writes at most `room.count` bytes into an array that is exclusively ours.
        let count = room.withUnsafeMutableBytes { memory in
            retrying { pread(number, memory.baseAddress, memory.count, 0) }
        }
        let line = room.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
