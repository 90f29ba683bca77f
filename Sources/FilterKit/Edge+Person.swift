import Glibc
public import NDJSON

// What is said to a person, and asked of one, where everything else goes to a program.
extension Edge {
    /// Writes a line of text to stdout, for the modes that print no records.
    public mutating func say(_ line: String) throws(StreamError) {
        try output.say(Array((Diagnostics.escape(line) + "\n").utf8))
    }

    /// Asks on the terminal, whatever stdin and stderr are; nil where there is none. A signal ends the wait.
    public func answer(to question: String) throws -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        diagnostics.eraseBar()
        try writeAll(Array((Diagnostics.escape(question) + " ").utf8), to: terminal)
        _ = try signals.wait(for: terminal, until: Patience())
        var room = [UInt8](repeating: 0, count: 256)
        // Invariant: read(2) writes at most `room.count` bytes. A terminal gives one line at a time.
        let count = read(terminal, &room, room.count)
        guard count > 0 else { return nil }
        return String(decoding: room[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// This process, for those who find that it holds a lock: `process 4711 since 2026-11-23T14:02:11Z`.
    public var holder: String {
        let seconds = wallTime.unixSeconds
        return "process \(getpid()) since \(Timestamp(unixSeconds: seconds).map { "\($0)" } ?? "\(seconds)")"
    }

    /// Counts, when it is called, the lines that stdin has from where it stands now, where it is a file; nil for a stream.
    /// A last line without an end counts.
    public var lineCounter: () -> Int? {
        let begin = inputIsFile ? lseek(STDIN_FILENO, 0, SEEK_CUR) : -1
        return { begin < 0 ? nil : Edge.linesInInput(from: begin) }
    }

    private static func linesInInput(from begin: off_t) -> Int {
        var room = [UInt8](repeating: 0, count: 1 << 20)
        var (lines, offset, last) = (0, begin, UInt8(ascii: "\n"))
        // Invariant: pread(2) writes at most `room.count` bytes. What cannot be read, the run will say.
        while case let count = pread(STDIN_FILENO, &room, room.count, offset), count > 0 {
            lines += room[..<count].count { $0 == UInt8(ascii: "\n") }
            last = room[count - 1]
            offset += count
        }
        return lines + (last == UInt8(ascii: "\n") ? 0 : 1)
    }

    /// Whether stdin is a file, whose end is known to come.
    public var inputIsFile: Bool {
        var status = stat()
        return fstat(STDIN_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
