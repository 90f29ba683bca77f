/// A whole stream, cut into lines: plain and all at once, to compare the reader with.
public enum ReferenceLines {
    /// What a reader should give.
    public enum Reading: Equatable {
        /// Not blank; the text without its end, and the text with it.
        case line(number: Int, text: [UInt8], withEnd: [UInt8])
        /// Longer than the limit: all of it, with its end, which is never missing.
        case tooLong(number: Int, all: [UInt8])
    }

    /// All that a reader should give of `stream`, when no line may be longer than `limit`.
    public static func cut(_ stream: [UInt8], limit: Int) -> [Reading] {
        var readings: [Reading] = []
        var parts = stream.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        for (index, part) in parts.enumerated() {
            var text = part
            if index == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
            let withEnd = Array(text) + Array("\n".utf8)
            if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
            if text.count > limit {
                readings.append(.tooLong(number: index + 1, all: withEnd))
            } else if !text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
                readings.append(.line(number: index + 1, text: Array(text), withEnd: withEnd))
            }
        }
        return readings
    }
}
