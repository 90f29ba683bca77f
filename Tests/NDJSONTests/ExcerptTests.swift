import Testing

@testable import NDJSON

@Suite struct ExcerptTests {
    @Test func `up to 80 characters are shown as they are`() {
        for text in ["", "a", String(repeating: "é", count: 80), String(repeating: "🚴", count: 80)] {
            #expect(Excerpt(text).description == text)
            #expect(Excerpt(bytes: Array(text.utf8)).description == text)
        }
    }

    @Test func `what is longer is cut after 80 characters, with a mark`() {
        for character in ["a", "é", "🚴"] {
            let shown = String(repeating: character, count: 80) + "…"
            for count in [81, 82, 1000, 100_000] {
                let text = String(repeating: character, count: count)
                #expect(Excerpt(text).description == shown)
                #expect(Excerpt(bytes: Array(text.utf8)).description == shown)
            }
        }
    }

    @Test func `characters of many scalars do not make it longer than 640 bytes`() {
        // Each of these families is one character of 25 bytes; and one letter can carry accents without end.
        for text in [String(repeating: "👨‍👩‍👧‍👦", count: 80), "e" + String(repeating: "\u{301}", count: 100_000)] {
            for excerpt in [Excerpt(text), Excerpt(bytes: Array(text.utf8))] {
                #expect(excerpt.description.utf8.count <= 650)
                #expect(excerpt.description.unicodeScalars.last == "…")
            }
        }
    }

    @Test func `what is not UTF-8 shows as the replacement character`() {
        #expect(Excerpt(bytes: [0x61, 0xFF, 0x62, 0xC3]).description == "a\u{FFFD}b\u{FFFD}")
        #expect(
            Excerpt(bytes: [UInt8](repeating: 0x80, count: 100)).description == String(repeating: "\u{FFFD}", count: 80)
                + "…")
    }

    @Test func `controls are kept, since whoever prints it escapes them`() {
        #expect(Excerpt("a\u{1B}[31m\n").description == "a\u{1B}[31m\n")
    }
}
