import FuzzProperties
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import NDJSON

@Suite struct LineReaderTests {
    /// What a reader gave, in values that outlive it.
    enum Given: Equatable {
        case line(Int, String, withEnd: String)
        case tooLong(Int, skipped: String)
    }

    // MARK: Lines

    @Test func `a line is what stands before a line feed, with or without a carriage return, or before the end`() throws
    {
        #expect(
            try read("{}\n{\"a\":1}\r\n[]") == [
                .line(1, "{}", withEnd: "{}\n"), .line(2, "{\"a\":1}", withEnd: "{\"a\":1}\r\n"),
                .line(3, "[]", withEnd: "[]\n"),
            ])
        #expect(try read("a\r\r\n\rb\r") == [.line(1, "a\r", withEnd: "a\r\r\n"), .line(2, "\rb", withEnd: "\rb\r\n")])
    }

    @Test func `blank lines are passed over, and counted`() throws {
        #expect(
            try read("\n \t\r\n\n1\n\r\n\r\n2\n \n") == [.line(4, "1", withEnd: "1\n"), .line(7, "2", withEnd: "2\n")])
        for text in ["", "\n", "\r\n", " ", "\t\n ", "\u{FEFF}", "\u{FEFF}\n\n"] {
            #expect(try read(text) == [])
        }
    }

    @Test func `a byte order mark is dropped at the start of the stream, and nowhere else`() throws {
        #expect(
            try read("\u{FEFF}1\n\u{FEFF}2") == [
                .line(1, "1", withEnd: "1\n"), .line(2, "\u{FEFF}2", withEnd: "\u{FEFF}2\n"),
            ])
        #expect(try read("\u{FEFF}\u{FEFF}1") == [.line(1, "\u{FEFF}1", withEnd: "\u{FEFF}1\n")])
        #expect(try read("\n\u{FEFF}1") == [.line(2, "\u{FEFF}1", withEnd: "\u{FEFF}1\n")])
        #expect(throws: JSONError.syntax(.byteOrderMark, column: 1)) { try self.fields(ofLast: "{}\n\u{FEFF}{}") }
    }

    @Test func `a line is parsed up to its end, not into the next one`() throws {
        for end in ["\n", "\r\n", ""] {
            #expect(try self.fields(ofLast: "{}\n{\"id\":7}\(end)")[0]?.id == 7)
            #expect(throws: JSONError.syntax(.end, column: 8)) {
                try self.fields(ofLast: "}}}}}}}}}}}}}}}}\n{\"id\":7\(end)")
            }
        }
        let feed = Feed([Array("{\"id\":\n1}\n".utf8)])
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 100, beforeRead: feed.next)
        guard case .line(let line) = try reader.next() else { return #expect(Bool(false), "no line") }
        #expect(throws: JSONError.syntax(.end, column: 7)) { try line.object() }
    }

    @Test func `what the buffer held before does not lengthen the last line`() throws {
        // The last line, moved to the front, stands where digits of the first one stood, and nothing ends it.
        #expect(throws: JSONError.notAnObject(Excerpt("7"))) { try self.fields(ofLast: "12345678\n7") }
        #expect(throws: JSONError.notAnObject(Excerpt("7"))) { try self.fields(ofLast: "12345678\n7\r") }
    }

    @Test func `the end stays the end`() throws {
        let feed = Feed([Array("1".utf8)])
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 100, beforeRead: feed.next)
        guard case .line = try reader.next() else { return #expect(Bool(false), "no line") }
        for _ in 0..<3 {
            guard case .end = try reader.next() else { return #expect(Bool(false), "no end") }
        }
        #expect(reader.lineNumber == 1)
    }

    // MARK: The limit

    @Test(arguments: ["\n", "\r\n", ""])
    func `the longest line has as many bytes as the limit, its end and the byte order mark not counted`(_ end: String)
        throws
    {
        let (fits, over) = ("12345", "123456")
        for mark in ["", "\u{FEFF}"] {
            #expect(
                try read("\(mark)\(fits)\(end)", limit: 5) == [
                    .line(1, fits, withEnd: fits + (end.isEmpty ? "\n" : end))
                ])
            #expect(
                try read("\(mark)\(over)\(end)", limit: 5) == [
                    .tooLong(1, skipped: over + (end.isEmpty ? "\n" : end))
                ])
        }
    }

    @Test(arguments: ["\n", "\r\n"], 6...40)
    func `after a line that was too long the next one is read as if nothing had been`(_ end: String, _ length: Int)
        throws
    {
        let long = String(repeating: "x", count: length)
        for pieces in [
            [long + end + "1\n"], [long, end + "1\n"], [long + end, "1\n"],
            [long + String(end.unicodeScalars.prefix(1)), String(end.unicodeScalars.dropFirst()) + "1\n"],
        ] {
            let feed = Feed(pieces.filter { !$0.isEmpty }.map { Array($0.utf8) })
            #expect(try read(feed, limit: 5) == [.tooLong(1, skipped: long + end), .line(2, "1", withEnd: "1\n")])
        }
    }

    @Test func `a limit may be as large as a number can be`() throws {
        #expect(try read("1\n", limit: .max) == [.line(1, "1", withEnd: "1\n")])
    }

    // MARK: Reads

    @Test func `a line may come in any number of reads`() throws {
        let line = (0..<300).map { "\($0)," }.joined()
        let feed = Feed(Array(line.utf8).map { [$0] } + [[0x0D], [0x0A], [0x31]])
        #expect(try read(feed, limit: 2000) == [.line(1, line, withEnd: line + "\r\n"), .line(2, "1", withEnd: "1\n")])
    }

    @Test func `a line may be longer than the buffer is at first`() throws {
        var random = SeededGenerator(seed: 1)
        let line = String(repeating: "0123456789", count: 150_000)
        for (limit, fits) in [(1_500_000, true), (1_499_999, false)] {
            let feed = Feed(Array("1\n\(line)\r\n2\n".utf8), upTo: 60_000, by: &random)
            let second = fits ? Given.line(2, line, withEnd: line + "\r\n") : .tooLong(2, skipped: line + "\r\n")
            #expect(
                try read(feed, limit: limit) == [.line(1, "1", withEnd: "1\n"), second, .line(3, "2", withEnd: "2\n")])
        }
    }

    @Test(arguments: 1...200)
    func `however the bytes arrive, the lines are the same`(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let limit = [8, 8, 8, 9, 30, 100, 100, 1000, 2000, 300_000].randomElement(using: &random) ?? 0
        var text = Bool.random(using: &random) ? "\u{FEFF}" : ""
        for _ in 0..<Int.random(in: 0...(limit > 10_000 ? 5 : 60), using: &random) {
            let length =
                [0, 1, limit / 2, limit - 1, limit, limit + 1, limit + 4, limit + 5, 3 * limit].randomElement(
                    using: &random) ?? 0
            let filling = ["x", "x", "x", " ", "\r", "é"].randomElement(using: &random) ?? ""
            text += String(repeating: filling, count: length / filling.utf8.count)
            text += ["\n", "\r\n", "\n\n"].randomElement(using: &random) ?? ""
        }
        if Bool.random(using: &random) { text += "last" }
        let largest = limit > 10_000 ? 60_000 : limit > 100 ? 500 : [1, 7, 5000].randomElement(using: &random) ?? 0
        let feed = Feed(Array(text.utf8), upTo: largest, by: &random)
        let given = try read(feed, limit: limit)
        // As a Bool, so that a failure names its seed and does not print the megabyte.
        let isByRule = given == linesByRule(Array(text.utf8), limit: limit)
        #expect(isByRule)
    }

    @Test func `a signal does not disturb a read`() throws {
        catchInterrupts()
        let (reading, writing) = openPipe()
        defer { close(reading) }
        let reads = Counter()
        let given = Mutex<[Given]>([])
        let worker = Worker { [self] in
            do {
                let lines = try read(reading, limit: 10, beforeRead: reads.increment)
                given.withLock { $0 = lines }
            } catch {
                Issue.record(error)
            }
        }
        // A signal may come before the read that it is meant for; a flood of them would leave the reader no time.
        while reads.count < 4 {
            let before = reads.count
            worker.interrupt()
            for _ in 0..<10_000 where reads.count == before { sched_yield() }
        }
        try writeAll(Array("1\n".utf8), to: writing)
        close(writing)
        worker.join()
        #expect(given.withLock { $0 } == [.line(1, "1", withEnd: "1\n")])
    }

    @Test func `a stream that does not block is asked again`() throws {
        let feed = Feed([Array("1\n2".utf8), Array("3\n".utf8)])
        makeNonBlocking(feed.reading)
        var asked = 0
        let given = try read(feed.reading, limit: 10) {
            asked += 1
            if asked % 3 == 0 { feed.next() }
        }
        #expect(given == [.line(1, "1", withEnd: "1\n"), .line(2, "23", withEnd: "23\n")])
        #expect(asked == 9)
    }

    @Test func `what is thrown before a read goes through, and the reader can be asked again`() throws {
        struct Stopped: Error {}
        let feed = Feed([Array("1\n2".utf8), Array("3\n".utf8)])
        var asked = 0
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 10) {
            asked += 1
            if asked == 2 { throw Stopped() }
            feed.next()
        }
        guard case .line = try reader.next() else { return #expect(Bool(false), "no line") }
        var thrown = false
        do { _ = try reader.next() } catch is Stopped { thrown = true }
        #expect(thrown)
        guard case .line(let line) = try reader.next() else { return #expect(Bool(false), "no line") }
        #expect(line.bytes == Array("23".utf8) && line.number == 2)
    }

    @Test func `a stream that cannot be read is an error with its number`() throws {
        let folder = open("/", O_RDONLY)
        defer { close(folder) }
        #expect(throws: StreamError.cannotRead(errno: EISDIR)) { try read(folder, limit: 10) }
        #expect(throws: StreamError.cannotRead(errno: EBADF)) { try read(-1, limit: 10) }
    }

    // MARK: The same, by rule

    private func read(_ text: String, limit: Int = 1000) throws -> [Given] {
        try read(Feed(text.isEmpty ? [] : [Array(text.utf8)]), limit: limit)
    }

    private func read(_ feed: Feed, limit: Int) throws -> [Given] {
        try read(feed.reading, limit: limit, beforeRead: feed.next)
    }

    private func read(
        _ descriptor: Int32, limit: Int, beforeRead: @escaping () throws -> Void = {}
    ) throws -> [Given] {
        var reader = LineReader(descriptor: descriptor, maximumLineBytes: limit, beforeRead: beforeRead)
        var given: [Given] = []
        while true {
            switch try reader.next() {
            case .line(let line):
                given.append(.line(line.number, decoded(line.bytes), withEnd: decoded(line.bytesWithEnd)))
            case .tooLong(let number):
                var skipped: [UInt8] = []
                while let piece = try reader.nextPiece() { skipped += piece }
                given.append(.tooLong(number, skipped: decoded(skipped)))
            case .end: return given
            }
        }
    }

    /// What a reader should give, from all bytes at once.
    private func linesByRule(_ bytes: [UInt8], limit: Int) -> [Given] {
        ReferenceLines.cut(bytes, limit: limit).map { reading in
            switch reading {
            case .line(let number, let text, let withEnd): .line(number, decoded(text), withEnd: decoded(withEnd))
            case .tooLong(let number, let all): .tooLong(number, skipped: decoded(all))
            }
        }
    }

    /// The field `id` of the last line of `text`.
    private func fields(ofLast text: String) throws -> Fields {
        let feed = Feed([Array(text.utf8)])
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 100, beforeRead: feed.next)
        let count = text.split(whereSeparator: \.isNewline).count
        for _ in 1..<count { _ = try reader.next() }
        guard case .line(let line) = try reader.next() else { preconditionFailure("no line") }
        return try line.fields(at: FieldPaths(["id"]))
    }

    private func decoded(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// A number that two threads see.
final class Counter: Sendable {
    private let atomic = Atomic(0)

    var count: Int { atomic.load(ordering: .sequentiallyConsistent) }

    @Sendable func increment() { atomic.add(1, ordering: .sequentiallyConsistent) }
}
