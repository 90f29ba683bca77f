import CCurl
import Glibc

/// Sends one request at a time over libcurl and keeps the connection for the next.
///
/// HTTP/1.1, redirects not followed, proxies as the environment names them (`https_proxy`, `no_proxy`), nothing retried:
/// a request reaches the server at most once. A class, since a client and its authentication share one transport with
/// its connections, and closures hold it (rule 10). Not Sendable: one thread, one exchange.
public final class CurlTransport {
    let userAgent: String
    let certificateAuthorities: String?
    /// For tests, which cannot change the environment of the process that they share; nil asks the environment.
    var proxy: String?
    private let stopDescriptor: Int32?
    // Invariant: both handles and the buffer are made in init, freed in deinit and never handed out. An easy handle is
    // in the multi handle only inside `run`; curl writes at most CURL_ERROR_SIZE bytes to the buffer.
    let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private static let isCurlReady = curl_global_start() == CURLE_OK

    /// A transport without a connection yet.
    ///
    /// When `descriptor` becomes readable, an exchange ends at once with `HTTPError.Fact.interrupted`; it is not read
    /// here and has to stay open, its writing end too. `certificateAuthorities` is a PEM file that replaces the
    /// system's: libcurl by itself does not look at SSL_CERT_FILE.
    public init(userAgent: String, interruptedBy descriptor: Int32?, certificateAuthorities: String? = nil) {
        guard Self.isCurlReady, let easy = curl_easy_init(), let multi = curl_multi_init() else {
            preconditionFailure("libcurl cannot start: out of memory, or built without TLS")
        }
        self.userAgent = userAgent
        self.certificateAuthorities = certificateAuthorities
        stopDescriptor = descriptor
        self.easy = easy
        self.multi = multi
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        message.deallocate()
    }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// Throws an `HTTPError` when there is none; its `requestMayHaveBeenSent` tells whether the server may have acted.
    public func send(_ request: Request) throws(HTTPError) -> Response {
        let endpoint = try Endpoint(url: request.url)
        for header in request.headers {
            if let defect = header.defect {
                let fact = HTTPError.Fact.badHeader(name: header.name, why: defect)
                throw HTTPError(peer: endpoint.description, fact: fact, requestMayHaveBeenSent: false)
            }
        }
        let exchange = Exchange(limit: request.responseLimit)
        guard !isStopRequested() else {
            throw error(.interrupted, endpoint, exchange)
        }
        let list = request.curlHeaders()
        // Invariant: curl reads the list, the message buffer and the exchange only between `configure` and the reset,
        // and forgets all three by it; the exchange is used after it, so it lives as long.
        defer { curl_slist_free_all(list) }
        let refused = configure(for: request, headers: list, exchange)
        let code = refused == CURLE_OK ? run(exchange) : refused
        let ending = Ending(code, of: easy, message: message)
        curl_easy_reset(easy)
        if let fact = ending.fact(request, endpoint, exchange) {
            throw error(fact, endpoint, exchange)
        }
        return Response(
            status: exchange.status, headers: exchange.headers, body: exchange.answer, elapsed: ending.elapsed)
    }

    private func error(_ fact: HTTPError.Fact, _ endpoint: Endpoint, _ exchange: Exchange) -> HTTPError {
        HTTPError(peer: endpoint.description, fact: fact, requestMayHaveBeenSent: exchange.hasStarted)
    }

    /// Drives the exchange to its end, or until the stop descriptor is readable.
    private func run(_ exchange: Exchange) -> CURLcode {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        // Removing a handle that is not done closes its connection, which is how an exchange is abandoned.
        defer { curl_multi_remove_handle(multi, easy) }
        while true {
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            var left: Int32 = 0
            if let done = curl_multi_info_read(multi, &left), done.pointee.msg == CURLMSG_DONE {
                return done.pointee.data.result
            }
            // Looked at after one more perform: an answer that came together with the stop is not thrown away.
            if exchange.isStopping { return CURLE_ABORTED_BY_CALLBACK }
            var stop = curl_waitfd(fd: stopDescriptor ?? -1, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            // The second at most is no delay: curl wakes by itself for its sockets and its own time-outs.
            guard curl_multi_poll(multi, &stop, stopDescriptor == nil ? 0 : 1, 1000, nil) == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            exchange.isStopping = stop.revents != 0
        }
    }

    private func isStopRequested() -> Bool {
        guard let stopDescriptor else { return false }
        var stop = pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&stop, 1, 0) > 0
    }
}
