// (1) A link at the file's own name is refused; a new file is 0600 from its first moment.
// (2) After `sync()` all that was appended survives a power cut, and so does the file's name.
import CSystem
import Glibc

/// A file of the tools' own that only grows: journal, ledger, dead letters.
public struct AppendFile: ~Copyable {
    /// As it was given, for messages.
    public let path: String
    private let descriptor: OwnedDescriptor
    private var isNameDurable = false

    /// Opens the file for reading and appending, and creates it where there is none.
    ///
    /// A device or a pipe is taken too (`/dev/null`), `isRegular` tells; a directory is refused.
    public init(path: String) throws(FileError) {
        let number = retrying { open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o600) }
        guard number >= 0 else { throw Self.refusal(path) }
        self.path = path
        descriptor = OwnedDescriptor(number)
    }

    /// For a reader or a poll during the file's life; its owner stays this value.
    public var number: Int32 { descriptor.number }

    /// Adds `bytes` at the end. After an error a part of them may be there: `truncate(to:)` takes it back.
    public func append(_ bytes: Span<UInt8>) throws(FileError) {
        try descriptor.write(bytes, path: path)
    }

    /// Adds `bytes` at the end. After an error a part of them may be there: `truncate(to:)` takes it back.
    public func append(_ bytes: [UInt8]) throws(FileError) {
        try append(bytes.span)
    }

    /// Waits until the contents are on disk and, the first time, the directory's entry: whoever created the file may
    /// have died before its own sync.
    public mutating func sync() throws(FileError) {
        // A device or a pipe has nothing to sync and says so by EINVAL.
        guard retrying({ fdatasync(number) }) == 0 || errno == EINVAL else { throw FileError.last(.sync, path) }
        guard !isNameDurable else { return }
        guard let directory = OwnedDescriptor.open(splitPath(path).directory, O_RDONLY | O_DIRECTORY) else {
            throw FileError.last(.syncDirectory, path)
        }
        try directory.syncDirectory(path: path)
        isNameDurable = true
    }

    /// Takes room for `bytes` more from the file system, so that a later append does not find the disk full. Where the
    /// file system cannot, nothing is promised.
    public func reserve(_ bytes: Int) throws(FileError) {
        let end = try size
        guard retrying({ system_reserve(number, off_t(end), off_t(bytes)) }) != 0 else { return }
        if [ENOSPC, EDQUOT, EFBIG].contains(errno) { throw FileError.last(.write, path) }
    }

    /// Cuts the file to its first `size` bytes.
    public func truncate(to size: Int) throws(FileError) {
        guard retrying({ ftruncate(number, off_t(size)) }) == 0 else { throw FileError.last(.truncate, path) }
    }

    /// Bytes in the file now.
    public var size: Int {
        get throws(FileError) { Int(try descriptor.status(path: path).st_size) }
    }

    /// Whether it is a file on disk, not a device or a pipe.
    public var isRegular: Bool {
        get throws(FileError) { try descriptor.status(path: path).st_mode & S_IFMT == S_IFREG }
    }

    /// Which file it is, under whatever name.
    public var identity: FileIdentity {
        get throws(FileError) { try FileIdentity(descriptor: number, path: path) }
    }

    /// Hands the whole file to `chunk`, from its first byte, in parts of at most 256 KiB that end anywhere.
    ///
    /// Throws a `FileError`, or what `chunk` throws.
    public func readAll(_ chunk: (Span<UInt8>) throws -> Void) throws {
        var room = [UInt8](repeating: 0, count: 256 << 10)
        var offset = 0
        while case let count = try descriptor.read(into: &room, at: offset, path: path), count > 0 {
            try chunk(room.span.extracting(0..<count))
            offset += count
        }
    }

    /// Locks the file until `unlock()` or its end, against every other opening of it.
    ///
    /// `.failIfHeld` throws `FileError.locked` when another holds it. `.wait` waits, as long as that takes; a signal
    /// ends the wait with EINTR, so that the caller can look whether it has to stop.
    public func lock(_ patience: Lock.Patience = .failIfHeld) throws(FileError) {
        try Lock.acquire(number, patience, path: path) { nil }
    }

    /// Lets others lock the file.
    public func unlock() throws(FileError) {
        guard flock(number, LOCK_UN) == 0 else { throw FileError.last(.lock, path) }
    }

    // ELOOP is also what a knot of links in the directory's path gives; only a link at the end is a planted one.
    static func refusal(_ path: String) -> FileError {
        let error = FileError.last(.open, path)
        var status = stat()
        guard case .failed(_, _, let code) = error, lstat(path, &status) == 0 else { return error }
        switch (code, status.st_mode & S_IFMT) {
        case (ELOOP, S_IFLNK): return .isLink(path: path)
        case (EISDIR, _): return .isNoFile(path: path, .directory)
        default: return error
        }
    }
}
