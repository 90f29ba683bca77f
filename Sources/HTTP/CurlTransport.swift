import CCurl
import Glibc

/// Sends requests over libcurl, one after another or with one under way while something else is done, and keeps their
/// connections for the next.
///
/// HTTP/1.1, redirects not followed, proxies as the environment names them (`https_proxy`, `no_proxy`), nothing retried:
/// a request reaches the server at most once. A class, since a client and its authentication share one transport with
/// its connections, and closures hold it (rule 10). Not Sendable: all of it belongs to one thread.
public final class CurlTransport {
    let userAgent: String
    let certificateAuthorities: String?
    /// For tests, which cannot change the environment of the process that they share; nil asks the environment.
    var proxy: String?
    /// Called again and again while an answer is awaited: at least once a second, and after each signal.
    public var whileWaiting: () -> Void = {}
    /// Where the last request went: most go where the one before went, and need not have their URL taken apart again.
    private var last: (url: String, endpoint: Endpoint)?
    private let stopDescriptor: Int32?
    // Invariant: made in init, freed in deinit, and never handed out. Each transfer holds the transport, so that no easy
    // handle is in it any more when it is freed.
    private let multi: UnsafeMutableRawPointer
    /// Handles whose transfers came to their end, for the next ones.
    private var idle: [Handle] = []

    private static let isCurlReady = curl_global_start() == CURLE_OK

    /// A transport without a connection yet.
    ///
    /// When `descriptor` becomes readable, an exchange ends with `HTTPError.Fact.interrupted`, at once or after the grace
    /// of its request; it is not read here and has to stay open, its writing end too. `certificateAuthorities` is a PEM
    /// file that replaces the system's: libcurl by itself does not look at SSL_CERT_FILE.
    public init(userAgent: String, interruptedBy descriptor: Int32?, certificateAuthorities: String? = nil) {
        guard Self.isCurlReady, let multi = curl_multi_init() else {
            preconditionFailure("libcurl cannot start: out of memory, or built without TLS")
        }
        self.userAgent = userAgent
        self.certificateAuthorities = certificateAuthorities
        stopDescriptor = descriptor
        self.multi = multi
    }

    deinit { curl_multi_cleanup(multi) }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// Throws an `HTTPError` when there is none; its `requestMayHaveBeenSent` tells whether the server may have acted.
    public func send(_ request: Request) throws(HTTPError) -> Response {
        try finish(prepare(request))
    }

    /// Begins to send `request`, and comes back at once. What arrives is taken in by `advance()` and `finish(_:)`.
    ///
    /// A transfer that is released before its end is abandoned. Throws when the request cannot be sent at all.
    public func begin(_ request: Request) throws(HTTPError) -> Transfer {
        let transfer = try prepare(request)
        advance()
        return transfer
    }

    /// A transfer that begins when curl is next let at it.
    private func prepare(_ request: Request) throws(HTTPError) -> Transfer {
        let transfer = Transfer(request, to: try endpoint(of: request.url), over: self)
        if let fact = transfer.handle.headers.replace(with: request.headers) { throw transfer.error(fact) }
        guard !request.isInterruptible || !isStopRequested() else { throw transfer.error(.interrupted) }
        var code = transfer.configure()
        if code == CURLE_OK, curl_multi_add_handle(multi, transfer.easy) != CURLM_OK { code = CURLE_FAILED_INIT }
        if code != CURLE_OK { transfer.handle.ending = code }
        return transfer
    }

    private func endpoint(of url: String) throws(HTTPError) -> Endpoint {
        if let last, last.url == url { return last.endpoint }
        let endpoint = try Endpoint(url: url)
        last = (url, endpoint)
        return endpoint
    }

    /// Lets the transfers under way send and receive what they can without waiting.
    public func advance() { _ = perform() }

    /// False when curl itself cannot go on.
    private func perform() -> Bool {
        var running: Int32 = 0
        guard curl_multi_perform(multi, &running) == CURLM_OK else { return false }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            Handle.of(message.pointee.easy_handle).ending = message.pointee.data.result
        }
        return true
    }

    /// Waits for the whole answer to what `transfer` asked; once for each transfer. Throws as `send` does.
    public func finish(_ transfer: Transfer) throws(HTTPError) -> Response {
        try transfer.response(wait(for: transfer))
    }

    private func wait(for transfer: Transfer) -> CURLcode {
        var descriptor = transfer.request.isInterruptible ? stopDescriptor : nil
        var end: Duration?
        while true {
            if let code = transfer.handle.ending { return code }
            guard perform() else { return CURLE_FAILED_INIT }
            if let code = transfer.handle.ending { return code }
            // Looked at after one more round: an answer that came together with the stop is not thrown away.
            let rest = end.map { transfer.exchange.hasStarted ? $0 - Self.monotonicTime : .zero }
            if let rest, rest <= .zero { return CURLE_ABORTED_BY_CALLBACK }
            var stop = curl_waitfd(fd: descriptor ?? -1, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            // The second at most is no delay: curl wakes by itself for its sockets and its own time-outs. Rounded up:
            // a wait of no milliseconds would spin until the end.
            let milliseconds = rest.map { Int32(min($0 / .milliseconds(1) + 1, 1000)) } ?? 1000
            guard curl_multi_poll(multi, &stop, descriptor == nil ? 0 : 1, milliseconds, nil) == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            whileWaiting()
            guard stop.revents != 0 else { continue }
            transfer.exchange.isStopping = true
            end = Self.monotonicTime + transfer.request.stopGrace
            // It stays readable, so that every further wait would end at once.
            descriptor = nil
        }
    }

    private static var monotonicTime: Duration {
        var time = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A handle for a transfer that is to begin.
    func idleHandle() -> Handle { idle.popLast() ?? Handle() }

    /// Forgets a transfer. One that is not done loses its connection, which is how an exchange is abandoned.
    func remove(_ handle: Handle) {
        curl_multi_remove_handle(multi, handle.easy)
        // What another ending left in a handle is not worth finding out.
        if handle.ending == CURLE_OK { idle.append(handle) }
    }

    private func isStopRequested() -> Bool {
        guard let stopDescriptor else { return false }
        var stop = pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&stop, 1, 0) > 0
    }
}
