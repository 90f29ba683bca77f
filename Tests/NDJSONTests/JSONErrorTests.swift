import Testing

@testable import NDJSON

@Suite struct JSONErrorTests {
    @Test(arguments: [
        (JSONError.syntax(.unexpected(0x7D), column: 4), #"column 4: not JSON: unexpected "}""#),
        (.syntax(.unexpected(0x20), column: 1), "column 1: not JSON: unexpected 0x20"),
        (.syntax(.unexpected(0x07), column: 1), "column 1: not JSON: unexpected 0x07"),
        (.syntax(.unexpected(0xE9), column: 1), "column 1: not JSON: unexpected 0xE9"),
        (.syntax(.unexpected(0x7F), column: 1), "column 1: not JSON: unexpected 0x7F"),
        (.syntax(.end, column: 12), "column 12: not JSON: it ends too early"),
        (.syntax(.controlCharacter(0x1B), column: 2), "column 2: not JSON: unescaped control character 0x1B"),
        (.syntax(.escape, column: 2), "column 2: not JSON: invalid escape"),
        (.syntax(.loneSurrogate, column: 2), "column 2: not JSON: half of a surrogate pair"),
        (.syntax(.encoding, column: 2), "column 2: not JSON: not UTF-8"),
        (.syntax(.number, column: 2), "column 2: not JSON: invalid number"),
        (.syntax(.byteOrderMark, column: 1), "column 1: not JSON: byte order mark"),
        (.syntax(.trailing, column: 3), "column 3: not JSON: something follows the value"),
        (
            .syntax(.utf16, column: 1),
            "column 1: not JSON: UTF-16, not UTF-8: convert it with iconv -f UTF-16 -t UTF-8 (UTF-16BE if no byte order mark begins it and zeros do)"
        ),
        (
            .syntax(.utf32, column: 1),
            "column 1: not JSON: UTF-32, not UTF-8: convert it with iconv -f UTF-32 -t UTF-8 (UTF-32BE if no byte order mark begins it and zeros do)"
        ),
        (.syntax(.gzip, column: 1), "column 1: not JSON: gzip, not text: unpack it with gunzip"),
        (.notAnObject(Excerpt("[1]")), "not a JSON object: [1]"),
        (.tooDeep, "not taken: nested deeper than 1000 levels"),
    ])
    func `an error says where, what and why`(_ example: (error: JSONError, words: String)) {
        #expect(example.error.description == example.words)
    }
}
