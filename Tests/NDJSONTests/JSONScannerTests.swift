import FuzzProperties
import TestSupport
import Testing

@testable import NDJSON

@Suite struct JSONScannerTests {
    // MARK: What is accepted

    @Test(arguments: [
        "{}", "[]", "{ }", "[ ]", "[1]", "[1,2]", " [ 1 , 2 ] ", #"{"a":1}"#, #"{"a":1,"b":2}"#,
        "{\"a\"\t:\r\n1 , \"b\":[{}]}",
        #""""#, #""a""#, "true", "false", "null", "[true,false,null]", #"{"":""}"#, #"{"a":{"a":{"a":[[],[{}]]}}}"#,
    ])
    func `every kind of value is accepted`(_ text: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).text == text.trimmed)
    }

    @Test(arguments: [
        "0", "-0", "9", "10", "-1", "0.0", "-0.10", "1.5", "0e0", "1e5", "1E5", "1e+5", "1E-05", "1.5e300",
        "123456789012345678901234567890",
    ])
    func `every form of a number is accepted`(_ text: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).kind == .number)
    }

    @Test(arguments: [
        #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\u00e9"#, #"\uABCD"#, #"\uabcd"#,
        #"\uD7FF"#,
        #"\uE000"#, #"\uFFFF"#, #"\ud83d\udeb4"#, #"\uDBFF\uDFFF"#, "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}",
        "\u{D7FF}", "\u{E000}",
        "\u{FEFF}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "é€🚴é€🚴",
    ])
    func `every escape and every length of UTF-8 is accepted`(_ text: String) throws {
        #expect(try JSONValue(parsing: Array("\"\(text)\"".utf8)).kind == .string)
    }

    // MARK: What is refused

    /// Every first byte that is no start of a character, overlong forms, surrogates, and what is beyond U+10FFFF.
    static let notUTF8: [[UInt8]] =
        (0x80...0xC1).map { [$0, 0x80] } + (0xF5...0xFF).map { [$0, 0x80, 0x80, 0x80] } + [
            [0xC2], [0xC2, 0x41], [0xC2, 0xC2], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xE1, 0x80],
            [0xE1, 0x80, 0x41],
            [0xE1, 0xC0, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF1, 0x80, 0x80, 0x41], [0xF1, 0x80, 0x41, 0x80], [0xF1, 0x41, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]

    @Test(arguments: notUTF8)
    func `bytes that are not UTF-8 are refused`(_ bytes: [UInt8]) {
        let document = Array("[\"é".utf8) + bytes + Array("\"]".utf8)
        #expect(throws: JSONError.syntax(.encoding, column: 5)) { try JSONValue(parsing: document) }
    }

    @Test(arguments: notUTF8)
    func `bytes that are not UTF-8 are refused as the last ones too`(_ bytes: [UInt8]) {
        #expect(throws: JSONError.syntax(.encoding, column: 2)) { try JSONValue(parsing: Array("\"".utf8) + bytes) }
    }

    // MARK: Depth

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func `a thousand levels are accepted, one more is not`(_ bracket: (open: String, close: String)) throws {
        func nested(_ levels: Int) -> String {
            String(repeating: bracket.open, count: levels - 1) + "{}"
                + String(repeating: bracket.close, count: levels - 1)
        }
        #expect(try JSONValue(parsing: Array(nested(1000).utf8)).text == nested(1000))
        #expect(throws: JSONError.tooDeep) { try JSONValue(parsing: Array(nested(1001).utf8)) }
        // The levels on the way to a wanted value count as all others do.
        for before in [#"{"x":"#, #"{"a":"#] {
            #expect(try fields(["a.b"], in: before + nested(999) + "}").object.kind == .object)
            #expect(throws: JSONError.tooDeep) { try fields(["a.b"], in: before + nested(1000) + "}") }
        }
    }

    @Test func `levels of both kinds are told apart however deep they are`() throws {
        for levels in [63, 64, 65, 127, 128, 129, 130, 999] {
            var random = SeededGenerator(seed: levels)
            let isObject = (0..<levels).map { _ in Bool.random(using: &random) }
            let opening = isObject.map { $0 ? #"{"a":"# : "[" }.joined()
            let closing = isObject.reversed().map { $0 ? "}" : "]" }
            #expect(try JSONValue(parsing: Array((opening + "1" + closing.joined()).utf8)).kind != .number)
            for wrong in 0..<levels {
                var swapped = closing
                swapped[wrong] = closing[wrong] == "}" ? "]" : "}"
                #expect(!accepts(opening + "1" + swapped.joined()), "the closing bracket \(wrong) of \(levels)")
            }
        }
    }

    @Test(arguments: ["[", #"{"a":"#, "[[],", #"{"a":[],"b":"#])
    func `a hundred thousand open brackets are refused without recursion`(_ bracket: String) {
        #expect(throws: JSONError.tooDeep) {
            try JSONValue(parsing: Array(String(repeating: bracket, count: 100_000).utf8))
        }
    }

    // MARK: Every place

    /// Everything that the grammar has, in one object.
    static let rich = #"""
        {"id": 123, "a":{"b":[1, -2.50e+3, 0.1E-2, true, false, null, {}, [], ""]}, "é€🚴":"\u00e9\ud83d\udeb4\n\"",
         "a string of more than sixteen bytes":"and a value of it, é, with an \\ escape", "x":[[[{"y":[]}]]]}
        """#

    @Test func `every proper prefix of an object is refused`() throws {
        let bytes = Array(JSONScannerTests.rich.utf8)
        #expect(try JSONValue(parsing: bytes).kind == .object)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self, "\(length) bytes") { try JSONValue(parsing: Array(bytes[..<length])) }
            #expect(throws: JSONError.self, "\(length) bytes") {
                try fields(["a.b", "id"], in: Array(bytes[..<length]))
            }
        }
    }

    @Test func `any byte in any place of an object is judged as the grammar says`() {
        let bytes = Array(JSONScannerTests.rich.utf8)
        let others =
            Array("{}[]:,\"\\/ 019-+.eEutrfalsn\t\n\r".utf8) + [
                0, 0x1F, 0x7F, 0x80, 0xA0, 0xC0, 0xE0, 0xED, 0xF0, 0xFF,
            ]
        for place in bytes.indices {
            for byte in others {
                var changed = bytes
                changed[place] = byte
                guard accepts(changed) != (ReferenceJSON.flaw(in: changed) == nil) else { continue }
                Issue.record("byte \(byte) at \(place): \(String(decoding: changed, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: 0...40)
    func `a string is the same wherever it begins and however long it is`(_ shift: Int) throws {
        for length in 0...40 {
            let plain = String(repeating: "p", count: length)
            for special in ["", "\\\"", "\\u00e9", "\\ud83d\\udeb4", "é", "🚴", "\u{7F}"] {
                let text = "\"\(plain)\(special)\(plain)\""
                let document = String(repeating: " ", count: shift) + "[\(text),1]"
                #expect(try JSONValue(parsing: Array(document.utf8)).elements.first?.text == text)
            }
            for (special, flaw) in [
                (UInt8(0x1F), JSONError.Flaw.controlCharacter(0x1F)), (0xFF, .encoding), (0x80, .encoding),
            ] {
                let before = Array((String(repeating: " ", count: shift) + "\"" + plain).utf8)
                #expect(throws: JSONError.syntax(flaw, column: shift + length + 2)) {
                    try JSONValue(parsing: before + [special] + Array("\(plain)\"".utf8))
                }
            }
        }
    }

    // MARK: Chance

    @Test(arguments: 1...200)
    func `valid documents of any shape are accepted, mutations as the grammar says`(_ seed: Int) {
        var documents = RandomJSON(seed: seed)
        let document = Array(documents.value(levels: 5).utf8)
        #expect(
            accepts(document) && ReferenceJSON.flaw(in: document) == nil, "\(String(decoding: document, as: UTF8.self))"
        )
        for _ in 0..<100 {
            let mutation = mutation(of: document, by: &documents.random)
            expectSameVerdict(mutation, "a mutation")
        }
    }

    /// One to three bytes changed, inserted, removed or swapped, mostly by bytes that mean something in JSON.
    private func mutation(of document: [UInt8], by random: inout SeededGenerator) -> [UInt8] {
        let meaningful = Array("{}[]:,\"\\/ 0123456789-+.eEtrufalsn\n\r\t".utf8)
        var bytes = document
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            let byte =
                Bool.random(using: &random)
                ? UInt8.random(in: .min ... .max, using: &random) : meaningful.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            default: bytes.swapAt(place, Int.random(in: bytes.indices, using: &random))
            }
        }
        return bytes
    }

    private func accepts(_ bytes: [UInt8]) -> Bool { (try? JSONValue(parsing: bytes)) != nil }

    private func accepts(_ text: String) -> Bool { accepts(Array(text.utf8)) }
}

/// The fields of a line that is all of `text`.
func fields(_ paths: [String], in text: String) throws(JSONError) -> Fields {
    try fields(paths, in: Array(text.utf8))
}

/// The fields of a line that is all of `bytes`.
func fields(_ paths: [String], in bytes: [UInt8]) throws(JSONError) -> Fields {
    try JSONScanner.fields(in: Storage(taking: bytes), 0..<bytes.count, at: FieldPaths(paths))
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        let inner = drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
        return String(inner.reversed())
    }
}
