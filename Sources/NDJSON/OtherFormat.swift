// What somebody may give to a filter instead of JSON, told by its first bytes. Looked at only once a text is refused.

extension JSONError {
    /// The flaw of `text` at `offset` from its beginning; or what it is instead of JSON, when its beginning says so.
    init(_ flaw: Flaw, at offset: Int, of text: some Collection<UInt8>) {
        if let other = Flaw(beginning: Array(text.prefix(8))) {
            self = .syntax(other, column: 1)
        } else {
            let beginning = Array(text.lazy.filter { !JSONScanner.isWhiteSpace($0) }.prefix(2))
            let isOpening = [[UInt8(ascii: "[")], [UInt8(ascii: "{")]].contains(beginning)
            self = .syntax(isOpening && flaw == .end ? .severalLines : flaw, column: offset + 1)
        }
    }
}

extension JSONError.Flaw {
    /// What a text is that begins so; nil when it is none of them.
    ///
    /// In UTF-16 and UTF-32 JSON begins with two characters of ASCII, whose other bytes are zero. The reader cuts behind
    /// each byte 0x0A: a line may begin with the rest of a line feed, and whether the zeros come first tells no byte order.
    /// Sources: RFC 1952, 2.3.1, for gzip; RFC 3629, 6, and RFC 2781, 3.2, for the byte order marks.
    fileprivate init?(beginning bytes: [UInt8]) {
        let zeros = bytes.map { $0 == 0 ? "0" : $0 < 0x80 ? "x" : "?" }.joined()
        let begins = { (mark: [UInt8]) in bytes.starts(with: mark) }
        if begins([0x1F, 0x8B]) {
            self = .gzip
        } else if begins([0xFF, 0xFE, 0, 0]) || begins([0, 0, 0xFE, 0xFF]) || ["x000x000", "000x000x"].contains(zeros) {
            self = .utf32
        } else if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) || zeros.hasPrefix("x0x0") || zeros.hasPrefix("0x0x") {
            self = .utf16
        } else {
            return nil
        }
    }
}
