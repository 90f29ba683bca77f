/// One answer.
public struct Response: Equatable, Sendable {
    /// The final status; interim answers (100, 103) are not answers.
    public let status: Int
    /// The headers of the final answer.
    public let headers: Headers
    /// The body, unchunked and, where the request accepted compression, decompressed; empty for HEAD, 204 and 304.
    public let body: [UInt8]
    /// From the call to the last byte of the answer.
    public let elapsed: Duration
    /// Whether the body came to its end. Never false unless the request said that it does not need that.
    public let isWhole: Bool

    /// An answer as the transport would give it.
    public init(
        status: Int, headers: Headers = Headers(), body: [UInt8] = [], elapsed: Duration = .zero, isWhole: Bool = true
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.elapsed = elapsed
        self.isWhole = isWhole
    }
}

/// Header lines in the order in which they came.
public struct Headers: Equatable, Sendable {
    /// `name:value` and a line feed each, the name in small letters: most lines are never asked for, and stay bytes.
    private var text: [UInt8] = []

    /// No headers.
    public init() {}

    /// The first value under `name`, whatever the case of its letters; without white space around it.
    public subscript(name: String) -> String? {
        let wanted = name.lowercased().utf8
        var start = 0
        while let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let colon = start + wanted.count
            if colon < end, text[colon] == UInt8(ascii: ":"), text[start..<colon].elementsEqual(wanted) {
                return String(decoding: text[(colon + 1)..<end], as: UTF8.self)
            }
            start = end + 1
        }
        return nil
    }

    /// Adds a line after all others.
    public mutating func append(_ name: String, _ value: String) {
        append(name: name.utf8, value: value.utf8)
    }

    /// Adds a line after all others.
    mutating func append(name: some Sequence<UInt8>, value: some Sequence<UInt8>) {
        // Most answers have their whole head in there.
        if text.isEmpty { text.reserveCapacity(512) }
        let start = text.count
        text.append(contentsOf: name)
        for index in start..<text.count where Self.letters.contains(text[index]) { text[index] |= 0x20 }
        text.append(UInt8(ascii: ":"))
        text.append(contentsOf: value)
        text.append(UInt8(ascii: "\n"))
    }

    // RFC 9112, 5.2: a line that begins with white space goes on with the value before it.
    mutating func extendLast(_ words: some Sequence<UInt8>) {
        guard text.popLast() != nil else { return }
        text.append(UInt8(ascii: " "))
        text.append(contentsOf: words)
        text.append(UInt8(ascii: "\n"))
    }

    private static let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
}
