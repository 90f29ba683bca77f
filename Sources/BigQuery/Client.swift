public import HTTP
import NDJSON

/// Talks to BigQuery's REST API for one project, which pays.
///
/// Each call is tried again by the reasons that may pass, with backoff, until its time is up; then it throws a
/// `BigQueryError`. What the token source and the sleeping throw goes through unchanged.
public struct Client {
    /// Where a token comes from: `refused` is the one that the service did not take, nil the first time.
    public typealias TokenSource = (_ refused: String?) throws -> String

    /// How long things may take.
    public struct Limits: Sendable {
        /// A whole call, all its attempts and waits included: a query until its first page, and each further page.
        /// A job that was inserted is stopped by the service itself after this time.
        public var call: Duration
        /// One exchange.
        public var exchange: Duration
        /// How long the service may hold a request back while the job runs.
        public var poll: Duration

        /// - Parameter call: A whole call, retries included.
        public init(call: Duration = .seconds(600), exchange: Duration = .seconds(120), poll: Duration = .seconds(10)) {
            self.call = call
            self.exchange = exchange
            self.poll = poll
        }
    }

    /// The project that jobs run in and are billed to.
    public let project: ProjectID
    let service: Service
    let limits: Limits
    let surroundings: Surroundings
    private let transport: CurlTransport
    private let token: TokenSource?
    private let quotaProject: String?
    private let backoff = Backoff()

    /// - Parameters:
    ///   - service: Where the API is.
    ///   - project: The project that pays.
    ///   - transport: What carries the requests.
    ///   - token: Where access tokens come from; nil sends none, for an emulator.
    ///   - quotaProject: The project whose API quota counts, when it is not the token's own.
    ///   - limits: How long things may take.
    ///   - surroundings: Time and chance.
    public init(
        service: Service, project: ProjectID, transport: CurlTransport, token: TokenSource?,
        quotaProject: String? = nil, limits: Limits = Limits(), surroundings: Surroundings
    ) {
        self.service = service
        self.project = project
        self.transport = transport
        self.token = token
        self.quotaProject = quotaProject
        self.limits = limits
        self.surroundings = surroundings
    }

    /// When a call that begins now has to be done.
    func deadline() -> Duration { surroundings.now() + limits.call }

    // MARK: Trying again

    /// The answer to `call`, whose faults that may pass are waited out.
    func answer(_ call: Call, until deadline: Duration) throws -> JSONValue {
        try persist(.request, until: deadline) {
            let body = try exchange(call, until: deadline)
            guard let answer = try? JSONValue(parsing: body), answer.kind == .object else {
                throw Setback(.notJSON(Excerpt(bytes: body)), call)
            }
            return answer
        }
    }

    /// The same for an answer that has rows: its body goes into the page without a copy. `begun` is the first attempt,
    /// if one is under way.
    func page(_ call: Call, begun: Transfer? = nil, until deadline: Duration) throws -> Page {
        var begun = begun
        return try persist(.request, until: deadline) {
            let body = try exchange(call, begun: begun.take(), until: deadline)
            do throws(AnswerDefect) { return try Page(body) } catch { throw Setback(error, call) }
        }
    }

    /// Begins to ask for what will be wanted soon. Nil when that does not go now: then it is asked for when it is wanted.
    func begin(_ call: Call) -> Transfer? {
        guard let request = try? request(call, token?(nil), timeout: limits.exchange) else { return nil }
        return try? transport.begin(request)
    }

    /// Takes in what has come of the requests under way.
    func advance() { transport.advance() }

    /// Repeats `body` while it throws a `Setback` of that `extent` and there is time; others go through.
    func persist<Result>(
        _ extent: Setback.Extent, until deadline: Duration, _ body: () throws -> Result
    ) throws -> Result {
        var attempt = 0
        while true {
            attempt += 1
            do { return try body() } catch let setback as Setback where setback.extent == extent {
                let delay = max(
                    setback.leastDelay ?? .zero, backoff.delay(afterAttempt: attempt, chance: surroundings.chance))
                guard surroundings.now() + delay < deadline else { throw setback.error(after: attempt) }
                try surroundings.sleep(delay)
            }
        }
    }

    // MARK: One exchange

    /// Sends `call` once; a 401 gets one more try with another token.
    private func exchange(_ call: Call, begun: Transfer? = nil, until deadline: Duration) throws -> [UInt8] {
        let first = try token?(nil)
        var response = try begun.flatMap(finish) ?? send(call, first, until: deadline)
        if response.status == 401, let first, let second = try token?(first), second != first {
            response = try send(call, second, until: deadline)
        }
        guard (200..<300).contains(response.status) else { throw failure(response, of: call) }
        return response.body
    }

    /// What an answer with an error status means for `call`.
    private func failure(_ response: Response, of call: Call) -> any Error {
        let fault = ServerFault(subject: call.subject, status: response.status, body: response.body)
        var error = Setback.error(for: fault, isJob: call.isJob)
        // A table that is not found is not found in a minute either; a job may be.
        let isAboutJob = fault.message.description.lowercased().hasPrefix("not found: job")
        if isAboutJob, let moment = call.mayAppearUntil, surroundings.now() < moment {
            error = Setback(extent: .request, cause: .fault(fault))
        }
        guard var setback = error as? Setback else { return error }
        setback.leastDelay = response.headers["Retry-After"].flatMap { retryDelay($0, now: surroundings.unixTime()) }
        return setback
    }

    private func send(_ call: Call, _ token: String?, until deadline: Duration) throws -> Response {
        let time = max(.seconds(1), min(limits.exchange, deadline - surroundings.now()))
        let request = try request(call, token, timeout: time)
        do { return try transport.send(request) } catch { throw Setback.error(for: error) }
    }

    /// The answer to what was asked ahead of time; nil when there is none, since then it is asked now: the reader may
    /// just have taken longer over the page before than an exchange may take.
    private func finish(_ transfer: Transfer) throws -> Response? {
        do { return try transport.finish(transfer) } catch {
            let failure = Setback.error(for: error)
            if failure is Setback { return nil }
            throw failure
        }
    }

    /// Sends `call` although the run was interrupted, waits a second at most, and says whether it was accepted.
    func sendOnTheWayOut(_ call: Call) throws -> Bool {
        var request = try request(call, token?(nil), timeout: .seconds(1))
        request.isInterruptible = false
        return try transport.send(request).status == 200
    }

    private func request(_ call: Call, _ token: String?, timeout: Duration) throws -> Request {
        guard token == nil || service.isPrivate else {
            throw BigQueryError.tokenInTheClear(peer: service.endpoint.description)
        }
        var headers = [Request.Header("Accept", "application/json")]
        if let body = call.body, !body.isEmpty { headers.append(Request.Header("Content-Type", "application/json")) }
        if let token { headers.append(Request.Header("Authorization", "Bearer \(token)")) }
        if let quotaProject { headers.append(Request.Header("x-goog-user-project", quotaProject)) }
        var request = Request(
            call.body == nil ? .get : .post, service.url + call.target, headers: headers, body: call.body,
            timeout: timeout, responseLimit: Client.longestAnswer, acceptsCompression: true)
        // A token may go there unencrypted only because it stays on this machine, and a proxy need not be on it.
        request.bypassesProxy = service.endpoint.isLoopback
        return request
    }

    // A single row is sent whole, up to 100 MB of it. Source: cloud.google.com/bigquery/docs/paging-results.
    private static let longestAnswer = 160 << 20
}

extension Setback {
    /// An answer that claims to be good, and is not.
    fileprivate init(_ defect: AnswerDefect, _ call: Call) {
        self.init(extent: .request, cause: .defect(subject: call.subject, defect))
    }
}

/// One request of the API, before it has an address and a token.
struct Call {
    /// What it is about, for messages.
    let subject: String
    /// Path and query, from `/bigquery/v2` on.
    let target: String
    /// Nil for GET.
    var body: [UInt8]?
    /// Whether a failed job means that the query may be run again.
    var isJob = false
    /// Until when "not found" may only mean "not yet".
    var mayAppearUntil: Duration?

    init(
        _ subject: String, path: [String], query: [(String, String)] = [], body: [UInt8]? = nil, isJob: Bool = false
    ) {
        self.subject = subject
        self.body = body
        self.isJob = isJob
        let path = (["bigquery", "v2", "projects"] + path).map { "/" + PercentEncoding.encode($0) }.joined()
        let query = (query + [("prettyPrint", "false")]).map { "\($0)=\(PercentEncoding.encode($1))" }
        target = path + "?" + query.joined(separator: "&")
    }
}
