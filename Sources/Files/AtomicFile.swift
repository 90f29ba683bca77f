// (1) Under the target's name stands the old file or the complete new one, never a part, whenever the process dies.
// (2) A link at the target is refused at the start, and so are a directory, device, pipe or socket: following one could write
//     into somebody else's file, replacing one would take a name that others use, as /dev/stdout.
// (3) Without `commit()` nothing is left: the file beside the target is removed with its owner. Only a kill leaves it,
//     as `.partial-PID-N`, where no reader of the target looks.
import Glibc

/// A file that appears under its name only when it is complete.
public struct AtomicFile: ~Copyable {
    /// Who may read the finished file.
    public enum Access: Sendable {
        /// 0600.
        case ownerOnly
        /// What the file that is replaced has; of a new one 0666 less the umask, as a shell's `>` would make it.
        case umask
    }

    private let path: String
    private let name: String
    private let temporaryName: String
    private let directory: OwnedDescriptor
    private let file: OwnedDescriptor
    private var buffer: [UInt8] = []
    private var isCommitted = false

    private static let bufferSize = 256 << 10

    /// Begins a file beside `path`; what stands at `path` is untouched until `commit()`.
    public init(path: String, access: Access = .ownerOnly) throws(FileError) {
        let (directoryPath, name) = splitPath(path)
        guard let directory = OwnedDescriptor.open(directoryPath, O_RDONLY | O_DIRECTORY) else {
            throw FileError.last(.create, path)
        }
        guard !name.isEmpty else {
            throw path.isEmpty
                ? .failed(path: path, .create, code: ENOENT) : .isNoFile(path: path, .directory)
        }
        var status = stat()
        var mode: mode_t?
        if fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
            guard status.st_mode & S_IFMT != S_IFLNK else { throw .isLink(path: path) }
            mode = status.st_mode & 0o777
            if let kind = FileError.Kind(mode: status.st_mode) { throw .isNoFile(path: path, kind) }
        } else if errno != ENOENT {
            throw FileError.last(.create, path)
        }
        // O_EXCL follows no link and takes no file that is there; a name that a killed process left is passed over.
        var attempt = 0
        var made: OwnedDescriptor?
        var temporaryName = ""
        repeat {
            temporaryName = ".partial-\(getpid())-\(attempt)"
            made = OwnedDescriptor.open(
                temporaryName, O_WRONLY | O_CREAT | O_EXCL, mode: access == .ownerOnly ? 0o600 : 0o666,
                in: directory.number)
            attempt += 1
        } while made == nil && errno == EEXIST && attempt < 1000
        guard let file = made else { throw FileError.last(.create, path) }
        if access == .umask, let mode { _ = fchmod(file.number, mode) }
        self.path = path
        self.name = name
        self.temporaryName = temporaryName
        self.directory = directory
        self.file = file
    }

    deinit {
        if !isCommitted { unlinkat(directory.number, temporaryName, 0) }
    }

    /// Adds `bytes` at the end, through a buffer.
    public mutating func write(_ bytes: Span<UInt8>) throws(FileError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        guard bytes.count < Self.bufferSize else { return try file.write(bytes, path: path) }
        // Invariant: the bytes are copied while the span is borrowed.
        bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }

    /// Adds `bytes` at the end, through a buffer.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try write(bytes.span)
    }

    /// Waits until all that was written is on disk: a disk that is full is found before anything has changed.
    public mutating func settle() throws(FileError) {
        try flush()
        guard retrying({ fsync(file.number) }) == 0 else { throw FileError.last(.sync, path) }
    }

    /// Puts the file under its name, durably: after this call it survives a power cut.
    ///
    /// After an error the old file stands there, but for `.syncDirectory`: then it is the new one, as long as the power
    /// stays on.
    public consuming func commit() throws(FileError) {
        try settle()
        guard renameat(directory.number, temporaryName, directory.number, name) == 0 else {
            throw FileError.last(.rename, path)
        }
        isCommitted = true
        try directory.syncDirectory(path: path)
    }

    private mutating func flush() throws(FileError) {
        try file.write(buffer.span, path: path)
        buffer.removeAll(keepingCapacity: true)
    }
}
