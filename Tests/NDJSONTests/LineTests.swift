import FuzzProperties
import Testing

@testable import NDJSON

@Suite struct LineTests {
    @Test func `a line is validated whole, and gives its object as it stood`() throws {
        try withLine(" {\"n\": 1.10 , \"s\":\"\\u00e9\"}\t\r\n") { line in
            let object = try line.object()
            #expect(object.text == #"{"n": 1.10 , "s":"\u00e9"}"#)
            #expect(object["n"]?.text == "1.10")
            #expect(line.count == 28)
        }
        try withLine("{} 1") { line in
            #expect(throws: JSONError.syntax(.trailing, column: 4)) { try line.object() }
        }
        try withLine("[{}]") { line in
            #expect(throws: JSONError.notAnObject(Excerpt("[{}]"))) { try line.object() }
        }
    }

    @Test func `a line can be had as it can stand in another stream, without the mark that began its own`() throws {
        for mark in ["", "\u{FEFF}", "\u{FEFF}\u{FEFF}"] {
            try withLine("\(mark){}\r\n") { line in
                #expect(line.bytesWithEnd == Array("\(mark.unicodeScalars.count > 1 ? "\u{FEFF}" : ""){}\r\n".utf8))
            }
        }
        let feed = Feed([Array("\u{FEFF}1\n\u{FEFF}2\n \n3".utf8)])
        var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 100, beforeRead: feed.next)
        var lines: [[UInt8]] = []
        while case .line(let line) = try reader.next() { lines.append(line.bytesWithEnd) }
        #expect(lines == ["1\n", "\u{FEFF}2\n", "3\n"].map { Array($0.utf8) })
    }

    @Test func `the beginning of a line is shown in a message, with a mark when it is cut`() throws {
        try withLine("abc") { #expect($0.excerpt.description == "abc") }
        try withLine(String(repeating: "a", count: 81)) {
            #expect($0.excerpt.description == String(repeating: "a", count: 80) + "…")
        }
        try withLine(String(repeating: "👨‍👩‍👧‍👦", count: 60)) { #expect($0.excerpt.description.hasSuffix("…")) }
    }

    @Test func `a line that was read before the last one is not readable`() async {
        await #expect(processExitsWith: .failure) {
            try afterTheNextLine { line, _ in _ = line.bytes }
        }
        await #expect(processExitsWith: .failure) {
            try afterTheNextLine { line, _ in _ = try line.object() }
        }
        await #expect(processExitsWith: .failure) {
            try afterTheNextLine { _, object in _ = object.bytes }
        }
        await #expect(processExitsWith: .failure) {
            try afterTheNextLine { _, object in object.forEachMember { _, _ in } }
        }
    }

    @Test func `a line stays readable until the next one is asked for`() async {
        await #expect(processExitsWith: .success) {
            try withLine("{}") { line in
                _ = try line.object().text
                _ = line.excerpt
            }
        }
    }
}

/// Runs `body` with the first line of `text`.
func withLine(_ text: String, _ body: (Line) throws -> Void) throws {
    let feed = Feed([Array(text.utf8)])
    var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 10_000, beforeRead: feed.next)
    guard case .line(let line) = try reader.next() else { preconditionFailure("no line") }
    try body(line)
}

/// Runs `body` with a line, and its object, after the next line was asked for.
private func afterTheNextLine(_ body: (Line, JSONValue) throws -> Void) throws {
    let feed = Feed([Array("{\"a\":1}\n{\"b\":2}\n".utf8)])
    var reader = LineReader(descriptor: feed.reading, maximumLineBytes: 100, beforeRead: feed.next)
    guard case .line(let line) = try reader.next() else { return }
    let object = try line.object()
    _ = try reader.next()
    try body(line, object)
}
