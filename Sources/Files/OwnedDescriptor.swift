import Glibc

/// A file descriptor with one owner, closed when the owner goes.
public struct OwnedDescriptor: ~Copyable {
    /// For system calls during the owner's life.
    public let number: Int32

    /// Takes over `number`, which nobody else may close from now on.
    public init(_ number: Int32) {
        self.number = number
    }

    deinit { close(number) }

    /// Gives the number away, open; whoever gets it closes it.
    public consuming func take() -> Int32 {
        let number = number
        discard self
        return number
    }
}

extension OwnedDescriptor {
    /// Opens `path`, relative to `directory` if given; close-on-exec always. Only a pipe makes this wait, and there a
    /// signal ends it.
    static func open(
        _ path: String, _ flags: Int32, mode: mode_t = 0, in directory: Int32 = AT_FDCWD
    ) -> OwnedDescriptor? {
        let number = openat(directory, path, flags | O_CLOEXEC, mode)
        return number < 0 ? nil : OwnedDescriptor(number)
    }

    /// Writes all of `bytes`, however many calls that takes; after an error a part may be written.
    func write(_ bytes: Span<UInt8>, path: String) throws(FileError) {
        var written = 0
        while written < bytes.count {
            // Invariant: written < bytes.count, so the slice is inside the span, which is borrowed for this call.
            let count = bytes.withUnsafeBytes { memory in
                retrying {
                    Glibc.write(number, memory.baseAddress?.advanced(by: written), memory.count - written)
                }
            }
            guard count >= 0 else { throw FileError.last(.write, path) }
            written += count
        }
    }

    /// Reads up to `room.count` bytes, from `offset` or, for nil, from where the descriptor stands; 0 at the end.
    ///
    /// EINTR is an error: a file never gives it, and a stop must end the wait for a pipe.
    func read(into room: inout [UInt8], at offset: Int? = nil, path: String) throws(FileError) -> Int {
        // Invariant: the kernel writes at most `memory.count` bytes, while the array is exclusively ours.
        let count = room.withUnsafeMutableBytes { memory in
            if let offset { return pread(number, memory.baseAddress, memory.count, off_t(offset)) }
            return Glibc.read(number, memory.baseAddress, memory.count)
        }
        guard count >= 0 else { throw FileError.last(.read, path) }
        return count
    }

    /// Waits until the directory's entries are on disk.
    func syncDirectory(path: String) throws(FileError) {
        // Some file systems cannot, say so by EINVAL, and need nothing.
        guard retrying({ fsync(number) }) == 0 || errno == EINVAL else {
            throw FileError.last(.syncDirectory, path)
        }
    }

    func status(path: String) throws(FileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw FileError.last(.open, path) }
        return status
    }
}

/// Calls again after EINTR. A file's read or write is short, so a stop that waits for it does not wait long.
func retrying<Count: SignedInteger>(_ call: () -> Count) -> Count {
    while true {
        let result = call()
        guard result == -1, errno == EINTR else { return result }
    }
}

/// A path as its directory (`.` for none) and the name in it, which is empty for `out/` and for the empty path.
func splitPath(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.utf8.index(after: slash)...]))
}
