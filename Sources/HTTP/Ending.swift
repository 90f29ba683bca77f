import CCurl
import Glibc

/// What curl says of an exchange that has ended, and what that means.
struct Ending {
    let elapsed: Duration
    private let code: CURLcode
    private let text: String
    private let systemError: Int32
    private let proxyStatus: Int

    /// Asks `easy` before its reset; `message` is its error buffer, which curl ends with a NUL.
    init(_ code: CURLcode, of easy: UnsafeMutableRawPointer, message: UnsafePointer<CChar>) {
        var microseconds: curl_off_t = 0
        var systemError = 0
        var proxyStatus = 0
        curl_get_offset(easy, CURLINFO_TOTAL_TIME_T, &microseconds)
        curl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
        self.code = code
        elapsed = .microseconds(microseconds)
        self.systemError = Int32(truncatingIfNeeded: systemError)
        self.proxyStatus = proxyStatus
        text = code == CURLE_OK ? "" : Ending.words(code, message)
    }

    /// What curl says went wrong.
    private static func words(_ code: CURLcode, _ message: UnsafePointer<CChar>) -> String {
        // Cut, since it may quote what the other side sent.
        let words = withoutUser(String(String(cString: message).prefix(200)))
        return words.isEmpty ? String(cString: curl_easy_strerror(code)) : words
    }

    /// `text` without what stands before the host of a URL: the proxy's may hold a password.
    static func withoutUser(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let scheme = word.firstRange(of: "://"), let user = word.lastIndex(of: "@"), scheme.upperBound <= user
            else { return String(word) }
            return word[..<scheme.upperBound] + "…" + word[user...]
        }
        return words.joined(separator: " ")
    }

    /// What went wrong; nil when there is a whole answer.
    func fact(_ request: Request, _ endpoint: Endpoint, _ exchange: Exchange) -> HTTPError.Fact? {
        if exchange.isTooLarge {
            return .answerTooLarge(limit: request.responseLimit)
        }
        if exchange.hasTooManyHeaders {
            return .brokenAnswer(why: "more than 256 KiB of headers")
        }
        switch code {
        case CURLE_OK where exchange.headersAreComplete:
            return nil
        case CURLE_OPERATION_TIMEDOUT where exchange.hasStarted:
            return .timedOut(.answer, limit: request.timeout)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(.connecting, limit: min(request.timeout, request.connectTimeout))
        case CURLE_ABORTED_BY_CALLBACK where !exchange.wasRefusedASecondStart:
            return .interrupted
        default:
            return exchange.hasStarted ? factAfterStart(exchange) : factBeforeStart(endpoint)
        }
    }

    private func factAfterStart(_ exchange: Exchange) -> HTTPError.Fact {
        switch code {
        // The connection ended; curl 7.88 calls the first of these a success when it was inside the headers.
        case CURLE_OK, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND,
            CURLE_ABORTED_BY_CALLBACK, CURLE_PARTIAL_FILE:
            guard exchange.hasAnswerBegun else { return .closedWithoutAnswer }
            guard exchange.headersAreComplete else { return .brokenAnswer(why: "connection closed inside the headers") }
            // The words of a bad chunk are curl's own, all others say that the connection ended.
            return .brokenAnswer(why: text.contains("chunk") ? text : "connection closed inside the body")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return .brokenAnswer(why: "not HTTP")
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            return .brokenAnswer(why: text)
        default:
            return .other(code: Int(code.rawValue), text: text)
        }
    }

    private func factBeforeStart(_ endpoint: Endpoint) -> HTTPError.Fact {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            .badURL(why: text)
        case CURLE_COULDNT_RESOLVE_HOST:
            .couldNotResolve(name: endpoint.host)
        case CURLE_COULDNT_RESOLVE_PROXY:
            .couldNotResolve(name: "the proxy")
        case CURLE_COULDNT_CONNECT where text.contains(" port ") && !text.contains(" port \(endpoint.port) "):
            // `Failed to connect to HOST port PORT after …`: curl names whom it tried, and it was not our peer.
            .couldNotConnect(why: "the proxy: \(systemWords)")
        case CURLE_COULDNT_CONNECT:
            systemError == ECONNREFUSED ? .refused : .couldNotConnect(why: systemWords)
        case CURLE_RECV_ERROR where proxyStatus >= 300, CURLE_PROXY where proxyStatus >= 300:
            .proxyRefused(status: proxyStatus)
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PROXY:
            .couldNotConnect(why: text)
        case CURLE_SSL_CONNECT_ERROR where wasClosedInHandshake:
            // A server that is restarting, not one that refuses us: callers try again after this and stop after `tls`.
            .couldNotConnect(why: "closed during the TLS handshake")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED:
            .tls(why: text)
        default:
            .other(code: Int(code.rawValue), text: text)
        }
    }

    // curl has one number for every way in which a handshake ends, so its words decide; these are OpenSSL's for a
    // connection that was closed or reset.
    private var wasClosedInHandshake: Bool {
        ["SSL_ERROR_SYSCALL", "unexpected eof", "Connection reset", "Broken pipe"].contains { text.contains($0) }
    }

    private var systemWords: String {
        systemError == 0 ? text : String(cString: strerror(systemError))
    }
}
