import Glibc

/// A file in a folder of its own, which goes with this value.
///
/// In `TMPDIR`, else in memory, where a sync costs nothing.
final class ScratchFile {
    let path: String
    private let folder: String

    init(_ contents: [UInt8]) {
        let memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? memory
        var template = Array("\(place)/fuzz.XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no folder in \(place)")
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/file"
        self.contents = contents
    }

    deinit {
        for name in [path, path + ".lock"] { unlink(name) }
        rmdir(folder)
    }

    var contents: [UInt8] {
        get {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 64 << 10)
            // Invariant: read(2) writes at most as many bytes as there is room.
            while case let count = room.withUnsafeMutableBytes({ read(descriptor, $0.baseAddress, $0.count) }),
                count > 0
            {
                bytes += room.prefix(count)
            }
            return bytes
        }
        set {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            // Invariant: write(2) reads at most the array's own bytes.
            let count = newValue.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            precondition(count == newValue.count, "\(path): cannot be written")
        }
    }
}
