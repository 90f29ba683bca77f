public import HTTP

/// Where the API is: Google's own, another endpoint, or an emulator.
public struct Service: Equatable, Sendable {
    /// Scheme, host and port, without a slash at the end.
    public let url: String
    /// What connects there.
    let endpoint: Endpoint

    /// The public service.
    public static var google: Service {
        guard let service = try? Service("https://bigquery.googleapis.com") else {
            preconditionFailure("the text above is a URL")
        }
        return service
    }

    /// A base URL; `host:port` alone, as BIGQUERY_EMULATOR_HOST has it, is taken as http.
    ///
    /// Throws `HTTPError.Fact.badURL` when it cannot be used.
    public init(_ text: String) throws(HTTPError) {
        var url = text.contains("://") ? text : "http://\(text)"
        endpoint = try Endpoint(url: url)
        guard !url.contains("?"), !url.contains("#") else {
            throw HTTPError(peer: "\(endpoint)", fact: .badURL(why: "a query behind it"), requestMayHaveBeenSent: false)
        }
        // Google's own pages give some endpoints with the API's path behind them, which each request brings along.
        for end in ["/", "/bigquery/v2"] where url.hasSuffix(end) { url.removeLast(end.count) }
        self.url = url
    }

    /// Whether a secret may go there: encrypted, or without leaving the machine.
    var isPrivate: Bool { endpoint.scheme == "https" || endpoint.isLoopback }
}

/// What a client cannot know by itself, time and chance; and who hears of what it does unasked.
public struct Surroundings {
    /// Something that a client did, and that its user may want to know.
    public enum Event: Equatable {
        /// A job was cancelled, since nobody waits for it any more; not accepted means that it may still be running.
        case cancelled(JobReference, accepted: Bool)
    }

    /// Time that nobody sets.
    let now: () -> Duration
    /// The time of day, in Unix seconds: servers name moments by it.
    let unixTime: () -> Int64
    /// Waits; throws when the wait was interrupted, and the client passes that on.
    let sleep: (Duration) throws -> Void
    /// 64 random bits.
    let random: () -> UInt64
    /// Hears of what the client did unasked.
    let tell: (Event) -> Void

    /// - Parameters:
    ///   - now: A monotonic clock.
    ///   - unixTime: The time of day, in Unix seconds.
    ///   - sleep: Waits so long, or throws.
    ///   - random: 64 random bits, for jitter and job ids.
    ///   - tell: Hears of what the client did unasked.
    public init(
        now: @escaping () -> Duration, unixTime: @escaping () -> Int64, sleep: @escaping (Duration) throws -> Void,
        random: @escaping () -> UInt64, tell: @escaping (Event) -> Void
    ) {
        self.now = now
        self.unixTime = unixTime
        self.sleep = sleep
        self.random = random
        self.tell = tell
    }

    /// A number in 0..<1.
    var chance: Double { Double(random() >> 11) / Double(1 << 53) }

    /// A random UUID (version 4). Source: RFC 9562, 5.4.
    var identifier: String {
        let high = random() & ~0xF000 | 0x4000
        let low = random() & ~(3 << 62) | (2 << 62)
        let digits = [high, low].map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
        var identifier = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { identifier.append("-") }
            identifier.append(digit)
        }
        return identifier
    }
}
