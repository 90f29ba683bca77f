import CCurl

/// One exchange under way: a request, and as much of its answer as has come.
///
/// A class, since libcurl holds its handle and buffers by their addresses (rule 10).
public final class Transfer {
    let request: Request
    let endpoint: Endpoint
    let exchange: Exchange
    let transport: CurlTransport
    let handle: Handle

    var easy: UnsafeMutableRawPointer { handle.easy }

    init(_ request: Request, to endpoint: Endpoint, over transport: CurlTransport) {
        self.request = request
        self.endpoint = endpoint
        self.transport = transport
        handle = transport.idleHandle()
        exchange = Exchange(limit: request.responseLimit)
    }

    deinit { transport.remove(handle) }

    /// The answer, after curl has ended the transfer with `code`.
    func response(_ code: CURLcode) throws(HTTPError) -> Response {
        let ending = Ending(code, of: easy, message: handle.message)
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
