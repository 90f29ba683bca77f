/// One HTTP request, whole: what is sent, and how long and how large the answer may be.
public struct Request: Sendable {
    /// What is asked of the resource.
    public enum Method: String, Sendable {
        /// Read, without a body.
        case get = "GET"
        /// Read the headers alone, without a body.
        case head = "HEAD"
        /// Do; a body always goes along, an empty one for nil.
        case post = "POST"
        /// Store; a body always goes along, an empty one for nil.
        case put = "PUT"
        /// Remove, usually without a body.
        case delete = "DELETE"
    }

    /// One header line.
    public struct Header: Equatable, Sendable {
        /// A token in RFC 9110's sense.
        public let name: String
        /// Text without control characters; may be empty.
        public let value: String

        /// A header line, checked when it is sent.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is asked.
    public let method: Method
    /// An absolute http or https URL, percent-encoded.
    public let url: String
    /// In the order in which they are sent; curl puts Host, User-Agent and Accept before them unless they are here.
    public var headers: [Header]
    /// Sent byte for byte with its Content-Length.
    public let body: [UInt8]?
    /// From the call to the last byte of the answer, connecting included.
    public var timeout: Duration
    /// From the call to a connection that is ready, TLS included.
    public var connectTimeout: Duration
    /// Bytes that the answer's body may have, after decompression.
    public var responseLimit: Int
    /// Whether to offer compression; the answer's body is then decompressed, its Content-Length header is not changed.
    public var acceptsCompression: Bool
    /// Whether the transport's stop descriptor ends the exchange; not for what has to be said on the way out.
    public var isInterruptible = true
    /// How long an exchange goes on after the stop descriptor became readable, so that its answer may still come; then it
    /// is abandoned. One that is still connecting ends at once: nothing was sent that could get an answer.
    public var stopGrace: Duration = .zero
    /// Whether an answer counts only when it came to its end. Without it the status stands once its headers are complete,
    /// whatever becomes of the body: for who would do the same thing twice rather than read it to the end.
    public var needsWholeBody = true
    /// Whether to connect by itself, whatever proxy the environment names: for secrets that stay on this machine.
    public var bypassesProxy = false

    /// A request with the body given; a body for GET or HEAD is a mistake of the program and stops it.
    public init(
        _ method: Method, _ url: String, headers: [Header] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10),
        responseLimit: Int = 128 << 20, acceptsCompression: Bool = false
    ) {
        precondition(body == nil || (method != .get && method != .head), "\(method.rawValue) carries no body")
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.responseLimit = responseLimit
        self.acceptsCompression = acceptsCompression
    }
}

extension Request: CustomStringConvertible, CustomDebugStringConvertible {
    /// Method, endpoint and path. Query, headers and body may be secret and are never part of it.
    public var description: String {
        guard let endpoint = try? Endpoint(url: url) else {
            return "\(method.rawValue) (unusable URL)"
        }
        return "\(method.rawValue) \(endpoint.scheme)://\(endpoint)\(endpoint.path)"
    }

    /// The same as `description`: what prints an array of requests asks for this one.
    public var debugDescription: String { description }
}

extension Request.Header: CustomStringConvertible, CustomDebugStringConvertible {
    /// The name alone: any value may be a secret.
    public var description: String { "\(name): (not shown)" }

    /// The name alone.
    public var debugDescription: String { description }
}

extension Request.Header {
    // Framing is the transport's: a second Content-Length or an Expect would change what the other side reads.
    private static let reserved = ["connection", "content-length", "expect", "transfer-encoding"]

    /// Why this line must not be sent; nil when it may.
    var defect: String? {
        guard !name.isEmpty, Self.bytes(of: name, are: Self.isTokenByte) else {
            return "not a header name"
        }
        guard !Self.reserved.contains(where: isNamed) else {
            return "is set by the transport"
        }
        guard Self.bytes(of: value, are: { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else {
            return "the value has a control character"
        }
        return nil
    }

    /// Whether this is the header `name`, which is in small letters; the case of a header's letters says nothing.
    public func isNamed(_ name: String) -> Bool {
        let (wanted, own) = (name.utf8.span, self.name.utf8.span)
        guard wanted.count == own.count else { return false }
        return wanted.indices.allSatisfy { wanted[$0] == own[$0] || wanted[$0] == own[$0] | 0x20 }
    }

    /// The line as curl wants it: `Name;` is how it sends an empty value, `Name:` would remove the header.
    var line: String {
        Self.bytes(of: value, are: { $0 == 0x20 || $0 == 0x09 }) ? "\(name);" : "\(name): \(value)"
    }

    // A span: walking through the UTF-8 view takes ten times as long, and a key is checked for each event.
    private static func bytes(of text: String, are isRight: (UInt8) -> Bool) -> Bool {
        let bytes = text.utf8.span
        return bytes.indices.allSatisfy { isRight(bytes[$0]) }
    }

    // RFC 9110, 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default:
            "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }
}
