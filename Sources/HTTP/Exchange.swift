// What curl's callbacks know of the one exchange in flight. Two promises, which CurlTransportTests cites:
// (1) A request starts at most once. curl sends a request again, silently, when a kept connection turns out to be
//     closed; `mayStart` refuses that, and the caller learns that the first one may have arrived.
// (2) What came is an answer only when its final headers are complete. curl 7.88 reports success when the connection
//     closes in the middle of them.
// (3) Then its status stands for whoever needs no body, however the body ends: the server has done what it says.
import Glibc

/// Whether the request may start, and the answer on its way in.
///
/// A class, since curl holds its address between calls (rule 10): a struct has none to give.
final class Exchange {
    private let limit: Int
    private var headerBytes = 0

    private(set) var hasStarted = false
    private(set) var wasRefusedASecondStart = false
    var isStopping = false

    private(set) var status = 0
    private(set) var headers = Headers()
    private(set) var headersAreComplete = false
    private(set) var answer: [UInt8] = []
    private(set) var isTooLarge = false
    private(set) var hasTooManyHeaders = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether any of the final answer came: a status line that is not an interim one.
    var hasAnswerBegun: Bool { status >= 200 || status == 101 }

    /// Whether the server has said what it did, even if it says no more.
    var hasStatus: Bool { headersAreComplete && status >= 200 }

    /// The answer's body, once: it may be large, and whoever takes it is its only owner.
    func takeAnswer() -> [UInt8] {
        defer { answer = [] }
        return answer
    }

    /// Asked when a connection is ready and nothing is sent yet.
    func mayStart() -> Bool {
        if hasStarted {
            wasRefusedASecondStart = true
            return false
        }
        hasStarted = !isStopping
        return hasStarted
    }

    /// Takes a part of the answer's body, up to the limit; false when there is more than that.
    func take(_ part: UnsafeRawBufferPointer) -> Bool {
        let rest = limit - answer.count
        isTooLarge = part.count > rest
        answer.append(contentsOf: UnsafeRawBufferPointer(rebasing: part.prefix(rest)))
        return !isTooLarge
    }

    /// Takes one line of the head, its line end included; false when there are more than 256 KiB of them.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= 256 << 10 else {
            hasTooManyHeaders = true
            return false
        }
        // Lines after the head are trailers of a chunked body, which nobody here asks for.
        guard !headersAreComplete else { return true }
        let text = Self.trimmed(line[...])
        if text.isEmpty {
            headersAreComplete = hasAnswerBegun
            if headersAreComplete { reserve() }
        } else if Self.isStatusLine(text) {
            // Each interim answer has a head of its own: only the last one counts.
            status = Self.status(text)
            headers = Headers()
        } else if let first = line.first, Self.isBlank(first) {
            headers.extendLast(text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let value = Self.trimmed(text[text.index(after: colon)...])
            headers.append(name: Self.trimmed(text[..<colon]), value: value)
        }
        return true
    }

    /// Makes room for the answer at once, and for a little more: a reader may want an end behind it without a copy.
    ///
    /// What a server announces is believed up to 32 MB; a page of BigQuery has ten.
    private func reserve() {
        guard let length = headers["Content-Length"].flatMap({ Int($0) }), length > 0 else { return }
        answer.reserveCapacity(min(length, limit, 32 << 20) + 64)
    }

    private static func isStatusLine(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        line.first == UInt8(ascii: "H") && line.starts(with: "HTTP/".utf8)
    }

    private static func status(_ line: Slice<UnsafeRawBufferPointer>) -> Int {
        guard let blank = line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        return Int(string(line[line.index(after: blank)...].prefix(3))) ?? 0
    }

    private static func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }
}
