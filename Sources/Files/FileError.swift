import Glibc

/// Why a file cannot be used. Facts here, words below.
public enum FileError: Error, Equatable {
    /// The system refused `operation` with `code`, an errno.
    case failed(path: String, Operation, code: Int32)
    /// A symbolic link stands where a file of ours should; following it could write into somebody else's file.
    case isLink(path: String)
    /// There is a directory, device, pipe or socket where a file should be.
    case isNoFile(path: String, Kind)
    /// More than `limit` bytes.
    case tooLarge(path: String, limit: Int)
    /// Another process holds the lock; `holder` is what it wrote about itself, nil when it wrote nothing.
    case locked(path: String, holder: String?)

    /// What was tried.
    public enum Operation: String, Sendable {
        /// Make a new file.
        case create
        /// Open or look at an existing one.
        case open
        /// Read.
        case read
        /// Write.
        case write
        /// Wait until it is on disk.
        case sync
        /// Wait until its name is on disk.
        case syncDirectory = "sync its directory"
        /// Give it its name.
        case rename
        /// Cut it.
        case truncate
        /// Lock or unlock.
        case lock
    }

    /// What stands there instead of a file.
    public enum Kind: String, Sendable {
        /// A directory.
        case directory
        /// A character or block device.
        case device
        /// A named pipe.
        case pipe
        /// A socket.
        case socket

        init?(mode: mode_t) {
            switch mode & S_IFMT {
            case S_IFDIR: self = .directory
            case S_IFCHR, S_IFBLK: self = .device
            case S_IFIFO: self = .pipe
            case S_IFSOCK: self = .socket
            default: return nil
            }
        }
    }

    /// `failed` with the errno of the call before; nothing may run in between.
    static func last(_ operation: Operation, _ path: String) -> FileError {
        .failed(path: path, operation, code: errno)
    }
}

extension FileError: CustomStringConvertible {
    /// `path: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .failed(let path, let operation, let code):
            "\(path): cannot \(operation.rawValue): \(String(cString: strerror(code)))"
        case .isLink(let path): "\(path): not opened: a symbolic link"
        case .isNoFile(let path, let kind): "\(path): not a file: a \(kind.rawValue)"
        case .tooLarge(let path, let limit): "\(path): too large: more than \(limit) bytes"
        case .locked(let path, let holder?): "\(path): locked: \(holder)"
        case .locked(let path, nil): "\(path): locked: by another process"
        }
    }
}
