import CCurl

extension Handle {
    /// Sets every option that `setup` has, and those that all exchanges share.
    func configure(_ setup: Setup) -> CURLcode {
        let easy = easy
        var refused = curl_set_string(easy, CURLOPT_URL, setup.url)
        func set(_ option: CURLoption, _ value: Int) {
            if refused == CURLE_OK { refused = curl_set_long(easy, option, value) }
        }
        func set(_ option: CURLoption, _ text: String) {
            if refused == CURLE_OK { refused = curl_set_string(easy, option, text) }
        }
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_USERAGENT, setup.userAgent)
        set(CURLOPT_NOSIGNAL, 1)
        // Otherwise the end of an exchange waits for its resolver thread, however long a name server is silent.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TIMEOUT_MS, setup.timeout.milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, setup.connectTimeout.milliseconds)
        if let certificateAuthorities = setup.certificateAuthorities {
            set(CURLOPT_CAINFO, certificateAuthorities)
            // Otherwise the system's directory of authorities would be trusted beside the file.
            if refused == CURLE_OK { refused = curl_set_string(easy, CURLOPT_CAPATH, nil) }
        }
        if let proxy = setup.proxy { set(CURLOPT_PROXY, proxy) }
        // A page has ten megabytes: in pieces of 16 KB, which are curl's own choice, that would be 600 calls of recv.
        set(CURLOPT_BUFFERSIZE, 256 * 1024)
        // An empty list of encodings means all that this libcurl can undo.
        if setup.acceptsCompression { set(CURLOPT_ACCEPT_ENCODING, "") }
        if setup.method == .head { set(CURLOPT_NOBODY, 1) }
        if setup.hasBody { set(CURLOPT_POST, 1) }
        if setup.hasBody || setup.method == .delete { set(CURLOPT_CUSTOMREQUEST, setup.method.rawValue) }
        if refused == CURLE_OK { refused = curl_set_pointer(easy, CURLOPT_ERRORBUFFER, message) }
        if refused == CURLE_OK {
            refused = curl_set_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        }
        return refused == CURLE_OK ? setCallbacks() : refused
    }

    /// Sets the three callbacks, whose context is the exchange.
    private func setCallbacks() -> CURLcode {
        let codes = [
            curl_set_bytes_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                let length = size * count
                return Exchange.at(context).take(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
            },
            curl_set_bytes_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                let length = size * count
                return Exchange.at(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
            },
            curl_set_prerequest_callback(easy) { context, _, _, _, _ in
                Exchange.at(context).mayStart() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            },
        ]
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }
}

extension Transfer {
    /// Tells the handle all of the request. Returns what curl says to the first option that it refuses.
    func configure() -> CURLcode {
        var refused = handle.prepare(for: Setup(request, over: transport))
        if refused == CURLE_OK, request.carriesBody { refused = setBody(request.body ?? []) }
        if refused == CURLE_OK { refused = curl_set_list(easy, CURLOPT_HTTPHEADER, handle.headers.first) }
        return refused == CURLE_OK ? connect() : refused
    }

    // Invariant: curl copies `count` bytes, which the array has, before the closure returns; so the length comes first.
    // Given whole, a small body leaves in one segment with its head, which a read callback would double.
    private func setBody(_ body: [UInt8]) -> CURLcode {
        let refused = curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        guard refused == CURLE_OK, !body.isEmpty else {
            return refused == CURLE_OK ? curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "") : refused
        }
        return body.withUnsafeBytes { curl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
    }

    /// Makes the exchange the context of the three callbacks.
    ///
    /// Invariant: the transfer keeps the exchange until its handle is out of the transport's transfers, and curl calls back
    /// only from inside `curl_multi_perform`, on this thread, with pointers that are good for `size * count` bytes.
    private func connect() -> CURLcode {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            let refused = curl_set_pointer(easy, option, context)
            guard refused == CURLE_OK else { return refused }
        }
        return CURLE_OK
    }
}

extension Exchange {
    fileprivate static func at(_ context: UnsafeMutableRawPointer?) -> Exchange {
        guard let context else { preconditionFailure("curl calls back with the context that it was given") }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }
}

extension Request {
    /// Whether a body goes along, be it an empty one.
    var carriesBody: Bool {
        switch method {
        case .get, .head: false
        case .delete: body != nil
        case .post, .put: true
        }
    }
}

extension Duration {
    /// In curl's range: 0 would mean no limit at all, so the shortest is 1.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
