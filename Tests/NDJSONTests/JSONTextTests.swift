import TestSupport
import Testing

@testable import NDJSON

@Suite struct JSONTextTests {
    @Test func `commas stand between members and elements, at every level`() {
        var text = JSONText()
        text.object {
            $0.member("id", 101)
            $0.key("list")
            $0.array {
                $0.value(1)
                $0.array { _ in }
                $0.object { _ in }
                $0.array {
                    $0.null()
                    $0.value(true)
                }
                $0.value("x")
            }
            $0.member("name", "Alto de Letras")
            $0.key(escaping: "a" + "b")
            $0.object { $0.member("yes", false) }
            $0.member("last", true)
        }
        #expect(
            text.string
                == #"{"id":101,"list":[1,[],{},[null,true],"x"],"name":"Alto de Letras","ab":{"yes":false},"last":true}"#
        )
    }

    @Test func `a plain string is what it would be if it were looked at`() {
        var (plain, looked) = (JSONText(), JSONText())
        plain.object {
            $0.member("a", plain: "")
            $0.key("b")
            $0.array {
                $0.value(plain: "activity")
                $0.value(plain: "create")
            }
        }
        looked.object {
            $0.member("a", "")
            $0.key("b")
            $0.array {
                $0.value("activity")
                $0.value("create")
            }
        }
        #expect(plain.string == looked.string)
        #expect(plain.string == #"{"a":"","b":["activity","create"]}"#)
    }

    @Test func `a line's end separates values as a comma does inside`() {
        var text = JSONText()
        for number: Int64 in 1...3 {
            text.array { $0.value(number) }
            text.endLine()
        }
        #expect(text.string == "[1]\n[2]\n[3]\n")
    }

    @Test func `a text that was emptied begins anew`() {
        var text = JSONText()
        text.value(1)
        text.removeAll()
        text.value(2)
        #expect(text.string == "2")
    }

    @Test(arguments: [Int64.min, .min + 1, -10, -9, -1, 0, 1, 9, 10, 99, 100, 9_007_199_254_740_993, .max - 1, .max])
    func `a number is written with all its digits`(_ number: Int64) {
        var text = JSONText()
        text.value(number)
        #expect(text.string == "\(number)")
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{8}\u{C}\u{1F}", #""\u0000\u0008\u000c\u001f""#),
        ("\u{7F}\u{80}\u{9B}\u{9F}\u{A0}", "\"\\u007f\\u0080\\u009b\\u009f\u{A0}\""), ("é€🚴", #""é€🚴""#),
        ("\r\n", #""\r\n""#),
        ("e\u{301}\u{FEFF}", "\"e\u{301}\u{FEFF}\""),
    ])
    func `a string is escaped where JSON demands it, and where a terminal would obey it`(
        _ example: (string: String, text: String)
    ) {
        var text = JSONText()
        text.value(example.string)
        #expect(text.bytes == Array(example.text.utf8))
        var key = JSONText()
        key.key(escaping: example.string)
        #expect(key.bytes == Array((example.text + ":").utf8))
    }

    @Test(arguments: 1...200)
    func `any string is read back as it was written`(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        var string = ""
        for _ in 0..<200 {
            let limit: UInt32 = [0x20, 0x80, 0x100, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &random) ?? 0
            string.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) ?? "\u{FFFD}")
        }
        var text = JSONText()
        text.value(string)
        let read = try JSONValue(parsing: text.bytes).string
        #expect(read.map { Array($0.unicodeScalars) } == Array(string.unicodeScalars))
        #expect(!text.bytes.contains { $0 < 0x20 || $0 == 0x7F })
    }

    @Test func `a value is written as its text stood`() throws {
        let value = try JSONValue(parsing: Array(#" {"n": 1.10, "s":"\u00e9"} "#.utf8))
        var text = JSONText()
        text.object { $0.member("event", value) }
        #expect(text.string == #"{"event":{"n": 1.10, "s":"\u00e9"}}"#)
    }

    @Test func `the line feeds of a value become blanks, so that a record stays one line`() throws {
        let value = try JSONValue(parsing: Array("{\n\t\"a\": [1,\r\n2]\n}".utf8))
        var text = JSONText()
        text.array { $0.value(value) }
        #expect(text.string == "[{ \t\"a\": [1,\r 2] }]")
    }

    @Test func `what the body throws goes through`() {
        struct Enough: Error {}
        var text = JSONText()
        #expect(throws: Enough.self) { try text.object { _ in throw Enough() } }
        #expect(throws: Enough.self) { try text.array { _ in throw Enough() } }
    }
}
