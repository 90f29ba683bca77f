import CCurl

/// The header lines of one request after another, as curl wants them.
///
/// Most requests have the headers of the one before, but for one or two at their end: lines that stay are neither checked
/// nor made again.
struct HeaderList: ~Copyable {
    /// What the lines say.
    private var headers: [Request.Header] = []
    // Invariant: a chain of nodes that are made here and freed in deinit, or when their lines are replaced. curl only reads
    // it, and only during the transfer whose handle owns the list.
    private let beginning: UnsafeMutablePointer<curl_slist>
    private let expect: UnsafeMutablePointer<curl_slist>
    private var lines: [UnsafeMutablePointer<curl_slist>] = []

    init() {
        // `Name:` takes away what curl would add by itself: the type of an HTML form, and a wait for 100 Continue.
        beginning = HeaderList.node("Content-Type:")
        expect = HeaderList.node("Expect:")
        beginning.pointee.next = expect
    }

    deinit { curl_slist_free_all(beginning) }

    /// What curl is to be given; good until the headers are others.
    var first: UnsafeMutablePointer<curl_slist> {
        headers.contains { $0.isNamed("content-type") } ? expect : beginning
    }

    /// Makes these the headers. Returns the first that must not be sent, if there is one.
    mutating func replace(with new: [Request.Header]) -> HTTPError.Fact? {
        var same = 0
        while same < min(headers.count, new.count), headers[same] == new[same] { same += 1 }
        cut(behind: same)
        for header in new[same...] {
            if let defect = header.defect { return .badHeader(name: header.name, why: defect) }
            let line = HeaderList.node(header.line)
            (lines.last ?? expect).pointee.next = line
            lines.append(line)
            headers.append(header)
        }
        return nil
    }

    private mutating func cut(behind count: Int) {
        guard count < lines.count else { return }
        curl_slist_free_all(lines[count])
        lines.removeLast(lines.count - count)
        headers.removeLast(headers.count - count)
        (lines.last ?? expect).pointee.next = nil
    }

    /// A line by itself; curl copies it.
    private static func node(_ line: String) -> UnsafeMutablePointer<curl_slist> {
        guard let node = curl_slist_append(nil, line) else { preconditionFailure("libcurl has no memory for a line") }
        return node
    }
}
