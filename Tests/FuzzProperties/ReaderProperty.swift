import NDJSON

/// However a stream is cut into pieces on its way, its lines are those of the whole: no byte is lost or doubled.
///
/// The input's first line says how, one letter for each number: `cs-ab` is a limit of `c`, pieces of long lines that are
/// taken or skipped as `s` says, nothing in front, and pieces of `a` and `b` bytes in turn. The stream is what follows.
enum ReaderProperty {
    /// How much of a line that is too long is asked for.
    private enum Appetite: Int {
        case nothing, firstPiece, all, allAndTwice
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        let header = input.prefix { $0 != UInt8(ascii: "\n") }
        guard header.count >= 3, header.count < input.count else { return }
        let letters = Array(header)
        let appetite = Appetite(rawValue: Int(letters[1] & 3)) ?? .all
        let stream = prefix(letters[2]) + input[(header.count + 1)...]
        let pieces = cut(stream, letters.dropFirst(3).map { max(1, number($0)) })
        try check(stream, in: pieces, limit: number(letters[0]), appetite)
    }

    /// `a` to `z` are 1 to 26, `A` to `Z` as many thousands.
    private static func number(_ letter: UInt8) -> Int {
        Int(letter & 0x1F) * (letter & 0x20 == 0 ? 1024 : 1)
    }

    /// For a capital, a blank line or a long one that nearly fills the reader's buffer of 256 KiB, so that the stream
    /// lies across its end.
    private static func prefix(_ letter: UInt8) -> [UInt8] {
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) else { return [] }
        let filling = letter % 2 == 0 ? UInt8(ascii: " ") : UInt8(ascii: "x")
        return [UInt8](repeating: filling, count: 256 * 1024 - 4 * Int(letter & 0x1F)) + Array("\n".utf8)
    }

    private static func cut(_ stream: [UInt8], _ sizes: [Int]) -> [ArraySlice<UInt8>] {
        guard !sizes.isEmpty else { return [stream[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var rest = stream[...]
        while !rest.isEmpty {
            // Many small pieces of a large stream would only take time.
            let size = max(sizes[pieces.count % sizes.count], rest.count > 8192 ? 4096 : 1)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    private static func check(
        _ stream: [UInt8], in pieces: [ArraySlice<UInt8>], limit: Int, _ appetite: Appetite
    ) throws(Violation) {
        let feed = Feed(pieces)
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: limit, beforeRead: feed.next)
        for expected in ReferenceLines.cut(stream, limit: limit) {
            let found = try next(&reader)
            switch (found, expected) {
            case (.line(let line), .line(let number, let text, let withEnd)):
                try requireEqual(line.number, number, "a line's number")
                try requireEqual(line.bytes, text, "line \(number)")
                try requireEqual(line.count, text.count, "how long line \(number) is")
                try requireEqual(line.bytesWithEnd, withEnd, "line \(number) with its end")
                try requireEqual(line.excerpt, Excerpt(bytes: text), "how line \(number) begins")
            case (.tooLong(let found), .tooLong(let number, let all)):
                try requireEqual(found, number, "the number of a line that is too long")
                try checkPieces(&reader, all, appetite)
            default: throw Violation(description: "found \(found), expected \(expected)")
            }
            try requireEqual(reader.lineNumber, number(of: expected), "the number of the line read last")
        }
        for _ in 0..<2 {
            guard case .end = try next(&reader) else {
                throw Violation(description: "the stream goes on after its end")
            }
        }
    }

    private static func checkPieces(
        _ reader: inout LineReader, _ all: [UInt8], _ appetite: Appetite
    ) throws(Violation) {
        guard appetite != .nothing else { return }
        var found: [UInt8] = []
        while let piece = try nextPiece(&reader) {
            found += piece
            if appetite == .firstPiece {
                guard all.starts(with: found) else { throw Violation(description: "a piece of another line") }
                return
            }
        }
        try requireEqual(found, all, "a line that is too long")
        if appetite == .allAndTwice { try requireEqual(try nextPiece(&reader), nil, "a piece behind the last one") }
    }

    private static func number(of reading: ReferenceLines.Reading) -> Int {
        switch reading {
        case .line(let number, _, _), .tooLong(let number, _): number
        }
    }

    private static func next(_ reader: inout LineReader) throws(Violation) -> LineReader.Reading {
        do { return try reader.next() } catch { throw Violation(description: "a pipe cannot be read: \(error)") }
    }

    private static func nextPiece(_ reader: inout LineReader) throws(Violation) -> [UInt8]? {
        do { return try reader.nextPiece() } catch { throw Violation(description: "a pipe cannot be read: \(error)") }
    }
}
