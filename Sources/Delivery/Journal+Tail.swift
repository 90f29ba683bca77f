import Files
import Glibc
import NDJSON

extension Journal {
    /// What stands behind a journal's last line feed.
    enum Tail: Equatable {
        /// Nothing: the last line is complete.
        case none
        /// A whole record that lacks only its end. It was written, so what it says has happened.
        case whole
        /// A part of a record.
        case torn(from: Int, bytes: Int)
    }

    /// Looks at the end of a file whose first line is known to be a journal's, or torn.
    static func tail(of descriptor: Int32, size: Int, path: String) throws(FileError) -> Tail {
        var start = size
        var tail: [UInt8] = []
        while start > 0 {
            let count = min(start, 64 << 10)
            let part = try read(descriptor, at: start - count, count: count, path: path)
            if let lineFeed = part.lastIndex(of: UInt8(ascii: "\n")) {
                tail = part[(lineFeed + 1)...] + tail
                start -= count - (lineFeed + 1)
                break
            }
            tail = part + tail
            start -= count
        }
        guard !tail.isEmpty else { return .none }
        let isWhole = (try? JSONValue(parsing: tail))?.kind == .object
        return isWhole ? .whole : .torn(from: start, bytes: tail.count)
    }

    /// Whether `bytes` are what a crash can leave of the first write: a part of the head, or the zeros that stand where
    /// a file's length reached the disk and its contents did not.
    ///
    /// - Parameter headStart: What every whole head begins with.
    static func isTornHead(_ bytes: [UInt8], of headStart: [UInt8] = headStart) -> Bool {
        guard (try? JSONValue(parsing: bytes)) == nil else { return false }
        return headStart.starts(with: bytes) || bytes.starts(with: headStart) || bytes.allSatisfy { $0 == 0 }
    }

    static func endsWithLineFeed(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return true }
        return (try? read(descriptor, at: Int(status.st_size) - 1, count: 1, path: ""))?.last == UInt8(ascii: "\n")
    }

    /// The journal at `path`, opened to be read; nil when there is no such file.
    static func descriptor(of path: String) throws(JournalError) -> OwnedDescriptor? {
        do { return try openToRead(path) } catch { throw .file(error) }
    }

    /// A file of records at `path`; nil when there is none.
    static func openToRead(_ path: String) throws(FileError) -> OwnedDescriptor? {
        // Without waiting: at a pipe that nobody writes to, an open would.
        let number = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard number >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .isLink(path: path)
            case let code: throw .failed(path: path, .open, code: code)
            }
        }
        let descriptor = OwnedDescriptor(number)
        if let kind = kindOfNoFile(number) { throw .isNoFile(path: path, kind) }
        return descriptor
    }

    /// What stands there instead of a file: nothing can be read back from it, so it would remember nothing.
    static func kindOfNoFile(_ descriptor: Int32) -> FileError.Kind? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFDIR: return .directory
        case S_IFIFO: return .pipe
        case S_IFSOCK: return .socket
        default: return .device
        }
    }

    static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func read(
        _ descriptor: Int32, at offset: Int, count: Int, path: String
    ) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            // Invariant: pread writes at most count - filled bytes, behind those that are filled.
            let got = bytes.withUnsafeMutableBytes { memory in
                pread(descriptor, memory.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .failed(path: path, .read, code: errno) }
            // The file became shorter: somebody else wrote to it, lock or not.
            guard got > 0 else { return Array(bytes.prefix(filled)) }
            filled += got
        }
        return bytes
    }
}
