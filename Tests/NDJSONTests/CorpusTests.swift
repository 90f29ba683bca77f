import FuzzProperties
import TestSupport
import Testing

@testable import NDJSON

/// The corpus, text by text, as documents: whole, and in the place of a value of another one.
@Suite struct CorpusTests {
    @Test func `the corpus has so many texts that are accepted, and so many that are refused`() {
        #expect(Corpus.all.count { $0.refusal == nil } == 212)
        #expect(Corpus.all.count { $0.refusal != nil } == 732)
    }

    @Test func `each text is accepted, or refused in the words of the corpus`() {
        for text in Corpus.all {
            let flaw = flaw { () throws(JSONError) in _ = try JSONValue(parsing: text.bytes) }
            #expect(flaw?.description == text.refusal, "\(text)")
        }
    }

    @Test func `the plain parser, with which all else is compared, agrees with the corpus`() {
        for text in Corpus.all {
            #expect(ReferenceJSON.flaw(in: text.bytes)?.description == text.refusal, "\(text)")
        }
    }

    @Test func `a text is judged alike whether fields are looked for or not`() {
        for text in Corpus.all {
            let flaw = flaw { () throws(JSONError) in _ = try Fields(parsing: text.bytes, at: Judge.paths) }
            #expect(flaw == ReferenceJSON.flaw(inObject: text.bytes), "\(text)")
        }
    }

    /// What may stand around a value: last, first and between others, looked for or not, an element, deeper.
    private static let places = [
        (#"{"x":"#, "}"), (#"{"z":1,"x":"#, "}"), (#"{"x":"#, #","z":1}"#), (#"{"y":[],"x":"#, #","z":{}}"#),
        ("[", "]"),
        ("[1,", ",2]"), (#"{"a":"#, "}"), (#"{"a":"#, #","id":1}"#), (#"{"a":{"b":"#, "}}"),
        (#"{"id":1,"a":{"b":"#, "}}"),
        (#"{"a":[{"b":"#, "}]}"), (#"{"x":{"y":[{"n":"#, "}]}}"),
    ]

    @Test func `in the place of a value each text is judged as the plain parser judges the whole`() {
        for (before, after) in CorpusTests.places {
            for text in Corpus.all where text.bytes.count < 10_000 {
                let document = Array(before.utf8) + text.bytes + Array(after.utf8)
                expectSameVerdict(document, "\(before) \(text) \(after)")
            }
        }
    }

    @Test func `a value that is looked for is given as it stands`() throws {
        for text in Corpus.all where text.refusal == nil && text.bytes.count < 990 {
            let document = Array(#"{"id":7,"a":{"b":"#.utf8) + text.bytes + Array(#"},"z":[8]}"#.utf8)
            let fields = try Fields(parsing: document, at: Judge.paths)
            #expect(fields[1]?.text == String(decoding: text.bytes, as: UTF8.self).trimmed, "\(text)")
            #expect(fields[2]?.id == 7)
        }
    }
}

/// Compares both ways into a document with the plain parser: whether it is accepted, and what is wrong where.
func expectSameVerdict(_ document: [UInt8], _ place: @autoclosure () -> String) {
    let expected = ReferenceJSON.flaw(in: document)
    let scanned = flaw { () throws(JSONError) in _ = try JSONValue(parsing: document) }
    if scanned != expected { record(scanned, instead: expected, document, place()) }
    let expectedOfObject = expected ?? ReferenceJSON.flaw(inObject: document)
    let searched = flaw { () throws(JSONError) in _ = try Fields(parsing: document, at: Judge.paths) }
    if searched != expectedOfObject { record(searched, instead: expectedOfObject, document, place()) }
}

private func record(_ flaw: JSONError?, instead expected: JSONError?, _ document: [UInt8], _ place: String) {
    let (said, meant) = (flaw?.description ?? "accepted", expected?.description ?? "accepted")
    let text = String(decoding: document, as: UTF8.self).debugDescription
    Issue.record("\(place): \(said) instead of \(meant): \(text)")
}
