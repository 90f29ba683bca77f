import Files

/// A file that grows, and both locks that keep others away from it.
struct LockedFile: ~Copyable {
    /// Says who holds the file, for the messages of others.
    private let lock: Lock
    /// Bytes in the file when it became ours.
    let sizeWhenLocked: Int
    var contents: AppendFile

    init(path: String, holder: String) throws(JournalError) {
        do throws(FileError) {
            let lock = try LockedFile.lock(path, holder)
            let contents = try AppendFile(path: path)
            // The same file by another name has another lock file.
            try contents.lock()
            sizeWhenLocked = try contents.size
            self.lock = lock
            self.contents = contents
        } catch {
            throw .file(error)
        }
    }

    /// A held lock is told of under the name that the user knows.
    private static func lock(_ path: String, _ holder: String) throws(FileError) -> Lock {
        do { return try Lock(path: Journal.lockPath(path), holder: holder) } catch {
            if case .locked(_, let other) = error { throw .locked(path: path, holder: other) }
            throw error
        }
    }

    deinit {
        // As in `Lock`: a child in the middle of its fork must not keep it.
        try? contents.unlock()
    }
}
