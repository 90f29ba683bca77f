import FuzzProperties
import TestSupport
import Testing

@testable import NDJSON

/// The corpus, text by text, as lines of a stream: wherever they stand, and however they arrive.
@Suite struct CorpusLineTests {
    /// All but those whose repetition makes them long; what is long about them is no matter of the place.
    private static let short = Corpus.lines.map(\.bytes).filter { $0.count < 120 }

    @Test func `a line is judged by itself, and those before and behind it are intact`() throws {
        let judge = Judge(texts: Corpus.lines.map(\.bytes))
        let file = try NamelessFile(judge.stream)
        var reader = LineReader(descriptor: file.number, maximumLineBytes: 1 << 20)
        try judge.judge(&reader)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `a line is judged alike when it comes in small pieces`(_ size: Int) throws {
        let judge = Judge(texts: CorpusLineTests.short)
        let stream = judge.stream
        let pieces = stride(from: 0, to: stream.count, by: size).map {
            Array(stream[$0..<min($0 + size, stream.count)])
        }
        let feed = Feed(pieces)
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 1 << 20, beforeRead: feed.next)
        try judge.judge(&reader)
    }

    @Test(arguments: 0...70)
    func `a line is judged alike at each place of a block of 64 bytes`(_ shift: Int) throws {
        let blanks = [UInt8](repeating: 0x20, count: shift)
        let judge = Judge(texts: CorpusLineTests.short.map { blanks + $0 })
        let file = try NamelessFile(judge.stream)
        var reader = LineReader(descriptor: file.number, maximumLineBytes: 1 << 20)
        try judge.judge(&reader)
    }

    /// How much a reader reads at once.
    private static let readSize = 256 * 1024

    @Test func `a line is judged alike wherever in it a full read ends`() throws {
        let before = [UInt8](repeating: UInt8(ascii: "x"), count: CorpusLineTests.readSize)
        let file = try NamelessFile(before)
        for text in CorpusLineTests.short {
            let lines = [0x0A] + text + Array("\n{\"id\":7}\n".utf8)
            for cut in 0...text.count + 1 {
                // The line begins so many bytes before the read ends.
                let start = CorpusLineTests.readSize - cut
                try file.replace(from: start - 1, lines)
                file.end(at: start - 1 + lines.count)
                var reader = LineReader(descriptor: file.number, maximumLineBytes: 1 << 20)
                guard case .line(let filling) = try reader.next(), filling.count == start - 1,
                    case .line(let line) = try reader.next()
                else { return #expect(Bool(false), "no line") }
                Judge.judge(line, text)
                guard case .line(let next) = try reader.next(), try next.fields(at: Judge.paths)[2]?.id == 7,
                    case .end = try reader.next()
                else { return #expect(Bool(false), "the next line is not intact") }
                try file.replace(from: start - 1, Array(before[(start - 1)...]))
            }
        }
    }
}
