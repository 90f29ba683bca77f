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
    private var lines: [(name: String, value: String)] = []

    /// No headers.
    public init() {}

    /// The first value under `name`, whatever the case of its letters; without white space around it.
    public subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return lines.first { $0.name == wanted }?.value
    }

    /// Adds a line after all others.
    public mutating func append(_ name: String, _ value: String) {
        lines.append((name.lowercased(), value))
    }

    // RFC 9112, 5.2: a line that begins with white space goes on with the value before it.
    mutating func extendLast(_ text: String) {
        guard !lines.isEmpty else { return }
        lines[lines.count - 1].value += " " + text
    }

    /// Equal when the same lines came in the same order.
    public static func == (left: Headers, right: Headers) -> Bool {
        left.lines.elementsEqual(right.lines) { $0 == $1 }
    }
}
