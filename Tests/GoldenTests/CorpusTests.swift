import Foundation
import TestSupport
import Testing

/// The corpus through the programs as they are run: all its texts at once, a good line between each two.
@Suite struct CorpusTests {
    private static let texts = Corpus.lines.filter { $0.refusal != nil }

    private func good(_ index: Int) -> String {
        #"{"id":\#(index + 1),"athlete_id":7,"start_date":"2024-01-05T07:12:33Z","x":[1e400,-0,1.10,"\u00e9"]}"#
    }

    /// A good line, and then each text with a good line behind it.
    private var input: Data {
        var input = Data((good(0) + "\n").utf8)
        for (index, text) in CorpusTests.texts.enumerated() {
            input += text.bytes + Array("\n\(good(index + 1))\n".utf8)
        }
        return input
    }

    private func expectRefusals(of program: String, _ run: Run, end: [String] = [], in folder: URL) throws {
        #expect(run.status == 1)
        let words = run.words.split(separator: "\n").filter { !$0.contains(": warning: ") }.map(String.init)
        let expected = CorpusTests.texts.enumerated().map { index, text in
            "\(program): stdin:\(2 * index + 2): \(text.refusal ?? "")"
        }
        #expect(words == expected + end)
        let rejects = try Data(contentsOf: folder.appendingPathComponent("rejects"))
        // As a Bool, so that a failure does not print the megabyte.
        let areByteForByte = rejects == Data(CorpusTests.texts.flatMap { $0.bytes + [0x0A] })
        #expect(areByteForByte)
    }

    @Test func `the corpus has so many texts that a line can be, and is refused`() {
        #expect(CorpusTests.texts.count == 720)
    }

    @Test func `to-webhook names and keeps each text that is refused, and the lines between come out`() throws {
        let folder = try TemporaryFolder()
        let run = try Run("to-webhook", ["--subscription-id=1", "--rejects=rejects"], input: input, in: folder.url)
        let end = "to-webhook: 1441 read: 721 events, 720 bad lines skipped"
        try expectRefusals(of: "to-webhook", run, end: [end], in: folder.url)
        let events = (0...CorpusTests.texts.count).map {
            #"{"object_type":"activity","object_id":\#($0 + 1),"aspect_type":"create","owner_id":7,"#
                + #""subscription_id":1,"event_time":1704438753,"updates":{}}"#
        }
        #expect(run.lines == events)
    }

    @Test func `export-fixture names and keeps each text that is refused, and writes the others as they are`() throws {
        let folder = try TemporaryFolder()
        let run = try Run(
            "export-fixture", ["--output=fixture", "--format=ndjson", "--rejects=rejects"], input: input, in: folder.url
        )
        try expectRefusals(of: "export-fixture", run, in: folder.url)
        let records = (0...CorpusTests.texts.count).map(good)
        #expect(run.lines == records)
        let fixture = try String(contentsOf: folder.url.appendingPathComponent("fixture"), encoding: .utf8)
        #expect(fixture.split(separator: "\n").map(String.init) == records)
    }

    @Test(arguments: ["to-webhook", "export-fixture"])
    func `what is refused as the first line, the last one, or without its end, is refused too`(_ program: String) throws
    {
        let folder = try TemporaryFolder()
        let options = (program == "to-webhook" ? ["--subscription-id=1"] : ["--output=fixture"]) + ["--quiet"]
        // One of each kind; a byte order mark is none at the start of a stream.
        let texts = CorpusTests.texts.filter { !$0.bytes.starts(with: [0xEF, 0xBB, 0xBF]) }
        for text in Dictionary(grouping: texts, by: \.kind).compactMap(\.value.first) {
            for input in [text.bytes, text.bytes + [0x0D, 0x0A]] {
                let run = try Run(program, options, input: Data(input), in: folder.url)
                #expect(run.status == 1, "\(text)")
                #expect(run.words == "\(program): stdin:1: \(text.refusal ?? "")\n", "\(text)")
            }
        }
    }

    @Test func `a key of a megabyte, and ten thousand keys, are a line like any other`() throws {
        let keys = (0..<10_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let lines = [
            good(0).replacingOccurrences(of: #""x""#, with: "\"" + String(repeating: "k", count: 1_000_000) + "\""),
            good(1).replacingOccurrences(of: #""x""#, with: keys + #","x""#),
        ]
        let folder = try TemporaryFolder()
        let input = Data((lines.joined(separator: "\n") + "\n").utf8)
        let events = try Run("to-webhook", ["--subscription-id=1"], input: input, in: folder.url)
        #expect(events.status == 0 && events.lines.count == 2 && events.words.isEmpty)
        let fixture = try Run("export-fixture", ["--output=fixture", "--quiet"], input: input, in: folder.url)
        let isUntouched = fixture.status == 0 && fixture.output == input
        #expect(isUntouched)
    }
}

extension Corpus.Case {
    /// What is said of it, the column and the byte aside.
    fileprivate var kind: String {
        (refusal ?? "").replacing(/column [0-9]+: |"."|0x[0-9A-F]{2}/, with: "")
    }
}
