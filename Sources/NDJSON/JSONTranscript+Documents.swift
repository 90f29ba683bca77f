import Glibc

extension JSONTranscript {
    /// Writes the JSON document that a string says, on one line, without white space around it; false when the next value is
    /// no string, or what it says is no JSON.
    mutating func copyDocument() -> Bool {
        guard source.pointee == UInt8(ascii: "\"") else { return false }
        let behind = behindValue(source)
        let length = behind - source - 2
        makeRoom(for: length + Storage.padding)
        // Invariant: what a string says is never longer than its notation, so that there is room for it, for the line feed
        // that the scanner wants, and for the padding. What stood here before is overwritten or never read as text.
        let written = JSONString.decode(from: source + 1, to: behind - 1, into: target)
        target[written] = JSONScanner.lineFeed
        let document = JSONScanner(base: target, end: target + written)
        let first = document.skipWhiteSpace(target)
        guard let last = try? document.skipValue(first, depth: 0), document.skipWhiteSpace(last) == document.end else {
            return false
        }
        source = behind
        keepOneLine(from: first, to: last)
        return true
    }

    /// Moves the text to `target`, without the line ends in it: in valid JSON they are white space only.
    private mutating func keepOneLine(from first: Position, to last: Position) {
        // Invariant: both ends lie at or behind `target`, so that no byte is overwritten before it was read.
        guard
            memchr(first, Int32(JSONScanner.lineFeed), last - first) != nil
                || memchr(first, Int32(JSONScanner.carriageReturn), last - first) != nil
        else {
            memmove(target, first, last - first)
            target += last - first
            return
        }
        var position = first
        while position < last {
            if position.pointee != JSONScanner.lineFeed, position.pointee != JSONScanner.carriageReturn {
                target.pointee = position.pointee
                target += 1
            }
            position += 1
        }
    }
}

extension JSONString {
    /// Writes what the validated text between two quotes says, and returns how many bytes that are: never more than it had.
    ///
    /// Invariant: `target` has room for `end - start` bytes, apart from the text.
    static func decode(
        from start: JSONScanner.Position, to end: JSONScanner.Position, into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var (from, to) = (start, target)
        while from < end {
            guard from.pointee == UInt8(ascii: "\\") else {
                to.pointee = from.pointee
                from += 1
                to += 1
                continue
            }
            let escape = from[1]
            from += 2
            switch escape {
            case UInt8(ascii: "b"): to.pointee = 0x08
            case UInt8(ascii: "f"): to.pointee = 0x0C
            case UInt8(ascii: "n"): to.pointee = 0x0A
            case UInt8(ascii: "r"): to.pointee = 0x0D
            case UInt8(ascii: "t"): to.pointee = 0x09
            case UInt8(ascii: "u"):
                // Both halves of a surrogate pair: the text is valid, so that the second stands behind the first.
                let isPair = from[0] | 0x20 == UInt8(ascii: "d") && from[1] > UInt8(ascii: "7")
                let count = isPair ? 10 : 4
                let said = decode(UnsafeBufferPointer(start: from - 2, count: count + 2))
                for byte in said.utf8 {
                    to.pointee = byte
                    to += 1
                }
                from += count
                continue
            default: to.pointee = escape
            }
            to += 1
        }
        return to - target
    }
}
