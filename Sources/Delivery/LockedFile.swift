import Files
import Glibc

/// A file that grows, and both locks that keep others away from it.
struct LockedFile: ~Copyable {
    /// Says who holds the file, for the messages of others.
    private let lock: Lock
    /// Bytes in the file when it became ours.
    let sizeWhenLocked: Int
    var contents: AppendFile
    /// How far room is taken from the file system.
    private var reservedEnd = 0

    /// Room for hundreds of records, and for the longest one.
    private static let reserve = 1 << 20

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

    /// Makes sure that the next records find room on the disk: an event whose delivery cannot be recorded would be sent
    /// again by every run.
    mutating func reserveRoom() throws(JournalError) {
        do throws(FileError) {
            let size = try contents.size
            guard size + LockedFile.reserve / 2 > reservedEnd else { return }
            try contents.reserve(LockedFile.reserve)
            reservedEnd = size + LockedFile.reserve
        } catch {
            throw .file(error)
        }
    }

    /// Throws unless the path still leads to it: somebody moved it away, or put another one there.
    func requireItsPlace() throws(JournalError) {
        do throws(FileError) {
            if try FileIdentity(path: contents.path) == contents.identity { return }
        } catch {
            guard case .failed(_, _, code: ENOENT) = error else { throw .file(error) }
        }
        throw .movedAway(path: contents.path)
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
