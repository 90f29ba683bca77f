import Testing

@testable import HTTP

@Suite struct EndpointTests {
    @Test func `an endpoint has the scheme's own port when the URL has none`() throws {
        let endpoint = try Endpoint(url: "https://dispatcher.example/webhook?token=secret")
        #expect(endpoint.scheme == "https")
        #expect(endpoint.port == 443)
        #expect(endpoint.path == "/webhook")
        #expect("\(endpoint)" == "dispatcher.example:443")
        #expect(try Endpoint(url: "http://dispatcher.example").port == 80)
    }

    @Test func `an IPv6 address stands in brackets only where a port follows`() throws {
        let endpoint = try Endpoint(url: "http://[2001:db8::1]:8080/")
        #expect(endpoint.host == "2001:db8::1")
        #expect("\(endpoint)" == "[2001:db8::1]:8080")
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/", "http://127.255.3.4/", "http://127.1/", "http://0x7f.1/", "http://2130706433/",
        "http://[::1]:9050/", "http://[0:0:0:0:0:0:0:1]/", "http://localhost:8080/", "http://LOCALHOST/",
    ])
    func `loopback is 127 slash 8, the IPv6 loopback address and localhost`(url: String) throws {
        #expect(try Endpoint(url: url).isLoopback)
    }

    @Test(arguments: [
        "http://126.0.0.1/", "http://128.0.0.1/", "http://0.0.0.0/", "http://127.evil.example/",
        "http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "http://notlocalhost/", "http://[::2]/",
        "http://[::]/", "http://10.0.0.1/", "http://[fe80::1]/",
    ])
    func `what only looks like loopback is not`(url: String) throws {
        #expect(try !Endpoint(url: url).isLoopback)
    }

    @Test(arguments: [
        "", "dispatcher.example", "dispatcher.example:8080/x", "/webhook", "ftp://dispatcher.example/",
        "file:///etc/passwd", "http://", "http:///path", "http:/path", "http://host:0/", "http://host:70000/",
        "http://host:x/", "http://ho st/", "http://host/a b\n", "http://host/\u{0}", "http://user@host/",
        "http://user:password@host/", "http://[::1/", "javascript:alert(1)",
    ])
    func `a URL that curl would guess at or that carries a password is refused`(url: String) {
        #expect { try Endpoint(url: url) } throws: { error in
            guard let error = error as? HTTPError, case .badURL = error.fact else { return false }
            return !error.requestMayHaveBeenSent && !error.description.contains("password@")
        }
    }
}
