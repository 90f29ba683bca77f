import CCurl

/// One exchange under way: a request, and as much of its answer as has come.
///
/// A class, since libcurl holds its handle and buffers by their addresses (rule 10).
public final class Transfer {
    let request: Request
    let endpoint: Endpoint
    let exchange: Exchange
    let transport: CurlTransport
    // Invariant: the handle, the list and the buffer are made in init and freed in deinit, after the transport has
    // forgotten the handle; curl writes at most CURL_ERROR_SIZE bytes to the buffer, and reads the list and the exchange
    // only in calls of the transport.
    let easy: UnsafeMutableRawPointer
    let headers: UnsafeMutablePointer<curl_slist>?
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: Request, to endpoint: Endpoint, over transport: CurlTransport) {
        guard let easy = curl_easy_init() else { preconditionFailure("libcurl has no memory for a handle") }
        self.request = request
        self.endpoint = endpoint
        self.transport = transport
        self.easy = easy
        exchange = Exchange(limit: request.responseLimit)
        headers = request.curlHeaders()
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        transport.remove(easy)
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        message.deallocate()
    }

    /// The answer, after curl has ended the transfer with `code`.
    func response(_ code: CURLcode) throws(HTTPError) -> Response {
        let ending = Ending(code, of: easy, message: message)
        let fact = ending.fact(request, endpoint, exchange)
        if let fact, request.needsWholeBody || !exchange.hasStatus { throw error(fact) }
        return Response(
            status: exchange.status, headers: exchange.headers, body: exchange.takeAnswer(), elapsed: ending.elapsed,
            isWhole: fact == nil)
    }

    func error(_ fact: HTTPError.Fact) -> HTTPError {
        HTTPError(peer: endpoint.description, fact: fact, requestMayHaveBeenSent: exchange.hasStarted)
    }
}
