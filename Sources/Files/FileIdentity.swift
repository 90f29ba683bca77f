import Glibc

/// Which file it is, whatever its name: equal for one file named for two purposes.
public struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    // Empty for a file that exists; else `device` and `inode` are its directory's.
    private let name: String
    /// Whether it is a file on disk, or would become one: that a terminal or `/dev/null` is named twice harms nobody.
    public let isRegular: Bool

    /// The file at `path`, links followed; one that does not exist yet is known by its directory and its name.
    public init(path: String) throws(FileError) {
        var status = stat()
        if stat(path, &status) == 0 {
            self.init(status, name: "")
            return
        }
        guard errno == ENOENT else { throw FileError.last(.open, path) }
        let (directory, name) = splitPath(path)
        guard !name.isEmpty, stat(directory, &status) == 0 else { throw FileError.last(.open, path) }
        self.init(status, name: name)
    }

    /// The file behind an open descriptor; `path` is for the message.
    public init(descriptor: Int32, path: String) throws(FileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.last(.open, path) }
        self.init(status, name: "")
    }

    private init(_ status: stat, name: String) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        self.name = name
        isRegular = !name.isEmpty || status.st_mode & S_IFMT == S_IFREG
    }
}
