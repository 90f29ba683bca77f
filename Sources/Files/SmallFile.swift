import Glibc

/// The whole contents of a file that a person or a program made for us: an env-file, a key, a token.
///
/// Links are followed and pipes are read to their end (`<(gcloud auth print-access-token)`). Throws a `FileError` for a
/// directory and for more than `limit` bytes. A pipe that nobody writes to is waited for; with `patience`, in
/// milliseconds, no longer than that, and then it is empty.
public func readSmallFile(_ path: String, limit: Int, patience: Int32? = nil) throws(FileError) -> [UInt8] {
    guard let file = OwnedDescriptor.open(path, O_RDONLY | O_NOCTTY | (patience == nil ? 0 : O_NONBLOCK)) else {
        throw FileError.last(.open, path)
    }
    let kind = try file.status(path: path).st_mode & S_IFMT
    if kind == S_IFDIR { throw .isNoFile(path: path, .directory) }
    if let patience, kind == S_IFIFO {
        var ready = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, patience) > 0 else { return [] }
        // Whoever began to write comes to an end.
        _ = fcntl(file.number, F_SETFL, 0)
    }
    var contents: [UInt8] = []
    var room = [UInt8](repeating: 0, count: min(limit + 1, 64 << 10))
    while case let count = try file.read(into: &room, path: path), count > 0 {
        guard count <= limit - contents.count else { throw .tooLarge(path: path, limit: limit) }
        contents += room[..<count]
    }
    return contents
}
