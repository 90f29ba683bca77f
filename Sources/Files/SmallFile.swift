import Glibc

/// The whole contents of a file that a person or a program made for us: an env-file, a key, a token.
///
/// Links are followed and pipes are read to their end (`<(gcloud auth print-access-token)`). Throws a `FileError` for a
/// directory and for more than `limit` bytes.
public func readSmallFile(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    guard let file = OwnedDescriptor.open(path, O_RDONLY | O_NOCTTY) else {
        throw FileError.last(.open, path)
    }
    if try file.status(path: path).st_mode & S_IFMT == S_IFDIR {
        throw .isNoFile(path: path, .directory)
    }
    var contents: [UInt8] = []
    var room = [UInt8](repeating: 0, count: min(limit + 1, 64 << 10))
    while case let count = try file.read(into: &room, path: path), count > 0 {
        guard count <= limit - contents.count else { throw .tooLarge(path: path, limit: limit) }
        contents += room[..<count]
    }
    return contents
}
