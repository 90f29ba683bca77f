import CCurl

/// One of curl's handles with its error buffer, for one transfer after another.
///
/// A class, since libcurl holds the buffer, and this object, by their addresses (rule 10).
final class Handle {
    // Invariant: both are made in init and freed in deinit, after the transport has taken the handle out of its transfers;
    // curl writes at most CURL_ERROR_SIZE bytes to the buffer.
    let easy: UnsafeMutableRawPointer
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// How the transfer ended; nil while it has not.
    var ending: CURLcode?
    /// The lines that the transfer sends.
    var headers = HeaderList()
    /// What the options are set for; nil as long as they are not.
    private var setup: Setup?

    init() {
        guard let easy = curl_easy_init() else { preconditionFailure("libcurl has no memory for a handle") }
        self.easy = easy
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        message.deallocate()
    }

    /// The owner of a handle that curl names.
    static func of(_ easy: UnsafeMutableRawPointer?) -> Handle {
        var owner: UnsafeMutableRawPointer?
        curl_get_private(easy, &owner)
        guard let owner else { preconditionFailure("every handle was set up, which names its owner") }
        // Invariant: the transport asks for handles that are in its transfers only, and each transfer keeps its own.
        return Unmanaged<Handle>.fromOpaque(owner).takeUnretainedValue()
    }

    /// Sets the options that `setup` asks for, unless they are. Returns what curl says to the first that it refuses.
    func prepare(for setup: Setup) -> CURLcode {
        ending = nil
        message[0] = 0
        guard setup != self.setup else { return CURLE_OK }
        self.setup = setup
        curl_easy_reset(easy)
        return configure(setup)
    }
}

/// What requests may have in common: all that a handle is told but the body, the headers and whose answer it is.
struct Setup: Equatable {
    let url: String
    let method: Request.Method
    let hasBody: Bool
    let timeout: Duration
    let connectTimeout: Duration
    let acceptsCompression: Bool
    let userAgent: String
    let certificateAuthorities: String?
    /// Empty for none, and that the environment is not asked; nil asks it.
    let proxy: String?

    init(_ request: Request, over transport: CurlTransport) {
        url = request.url
        method = request.method
        hasBody = request.carriesBody
        timeout = request.timeout
        connectTimeout = request.connectTimeout
        acceptsCompression = request.acceptsCompression
        userAgent = transport.userAgent
        certificateAuthorities = transport.certificateAuthorities
        proxy = request.bypassesProxy ? "" : transport.proxy
    }
}
