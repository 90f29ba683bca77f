import Glibc
import Testing

@testable import NDJSON

@Suite struct LineWriterTests {
    private struct Record: JSONRecord {
        let number: Int

        /// Records of different lengths, so that writes end anywhere in them.
        func write(to text: inout JSONText) {
            text.object {
                $0.member("n", Int64(number))
                $0.member("s", String(repeating: "x", count: number % 97))
            }
        }
    }

    @Test func `each record stands on a line of its own, in order`() throws {
        let (reading, writing) = openPipe()
        defer { close(reading) }
        var writer = LineWriter(descriptor: writing)
        for number in 0..<3 { try writer.write(Record(number: number)) }
        try writer.flush()
        close(writing)
        #expect(
            readAll(reading, piece: 1000) == "{\"n\":0,\"s\":\"\"}\n{\"n\":1,\"s\":\"x\"}\n{\"n\":2,\"s\":\"xx\"}\n")
    }

    @Test func `nothing is written before the buffer is full or flushed`() throws {
        let (reading, writing) = openPipe()
        defer { close(reading) }
        makeNonBlocking(reading)
        var writer = LineWriter(descriptor: writing)
        // In variables, since `#expect` cannot look into a value that is not copyable.
        let wasEmpty = writer.isEmpty
        try writer.write(Record(number: 1))
        let isEmpty = writer.isEmpty
        #expect(wasEmpty && !isEmpty)
        var byte: UInt8 = 0
        #expect(read(reading, &byte, 1) == -1)
        try writer.flush()
        let isFlushed = writer.isEmpty
        #expect(isFlushed)
        #expect(read(reading, &byte, 1) == 1)
        close(writing)
    }

    @Test func `a full buffer is written by itself`() throws {
        let null = open("/dev/null", O_WRONLY)
        defer { close(null) }
        var writer = LineWriter(descriptor: null)
        var flushes = 0
        for number in 0..<10_000 {
            try writer.write(Record(number: number))
            if writer.isEmpty { flushes += 1 }
        }
        #expect(flushes == expected(records: 10_000).utf8.count / 65_536)
    }

    @Test(arguments: [1, 777, 65_536, 1_000_000])
    func `a slow reader gets every byte`(_ piece: Int) {
        #expect(throughPipe(records: 5000, piece: piece, isNonBlocking: false) == expected(records: 5000))
    }

    @Test(arguments: [777, 65_536])
    func `a pipe that does not block is waited for`(_ piece: Int) {
        #expect(throughPipe(records: 5000, piece: piece, isNonBlocking: true) == expected(records: 5000))
    }

    @Test func `a signal does not disturb a write`() {
        catchInterrupts()
        let text = throughPipe(records: 5000, piece: 65_536, isNonBlocking: false) { reading, worker in
            // Once the pipe is full the writer waits for room, and that is where the signals reach it.
            var waiting: Int32 = 0
            while ioctl(reading, UInt(FIONREAD), &waiting) == 0, waiting < 65_536 { sched_yield() }
            for _ in 0..<1000 {
                worker.interrupt()
                sched_yield()
            }
        }
        #expect(text == expected(records: 5000))
    }

    @Test func `a full disk is an error with its number, reported once`() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        var writer = LineWriter(descriptor: full)
        try writer.write(Record(number: 1))
        #expect(throws: StreamError.cannotWrite(errno: ENOSPC)) { try writer.flush() }
        #expect(throws: Never.self) { try writer.flush() }
    }

    @Test func `a full disk is an error while writing too, when the buffer is full`() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        var writer = LineWriter(descriptor: full)
        var written = 0
        var failure: StreamError?
        do throws(StreamError) {
            while written < 10_000 {
                try writer.write(Record(number: written))
                written += 1
            }
        } catch { failure = error }
        #expect(failure == .cannotWrite(errno: ENOSPC))
        #expect(failure?.description == "cannot write: No space left on device")
        #expect((500..<5000).contains(written))
    }

    @Test func `a descriptor that is closed is an error with its number`() throws {
        var writer = LineWriter(descriptor: -1)
        try writer.write(Record(number: 1))
        #expect(throws: StreamError.cannotWrite(errno: EBADF)) { try writer.flush() }
    }

    /// What arrives when a thread writes so many records into a pipe that is read `piece` by `piece`.
    private func throughPipe(
        records: Int, piece: Int, isNonBlocking: Bool, whileWriting: (Int32, Worker) -> Void = { _, _ in }
    ) -> String {
        let (reading, writing) = openPipe()
        defer { close(reading) }
        if isNonBlocking { makeNonBlocking(writing) }
        let worker = Worker {
            var writer = LineWriter(descriptor: writing)
            do throws(StreamError) {
                for number in 0..<records { try writer.write(Record(number: number)) }
                try writer.flush()
            } catch {
                Issue.record(error)
            }
            close(writing)
        }
        whileWriting(reading, worker)
        let text = readAll(reading, piece: piece)
        worker.join()
        return text
    }

    private func expected(records: Int) -> String {
        (0..<records).map { "{\"n\":\($0),\"s\":\"\(String(repeating: "x", count: $0 % 97))\"}\n" }.joined()
    }

    private func readAll(_ descriptor: Int32, piece: Int) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: piece)
        while true {
            let count = read(descriptor, &buffer, piece)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
