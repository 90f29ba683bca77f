import Testing

@testable import HTTP

@Suite struct RequestTests {
    @Test func `a request in words shows neither query, header values nor body`() {
        let request = Request(
            .post, "https://host.example/hook?token=secret", headers: [.init("Authorization", "Bearer secret")],
            body: Array("secret".utf8))
        #expect("\(request)" == "POST https://host.example:443/hook")
        #expect("\([request])" == "[POST https://host.example:443/hook]")
        #expect("\(request.headers)" == "[Authorization: (not shown)]")
        #expect(!"\(Request(.get, "http://secret:secret@host/"))".contains("secret"))
    }

    @Test(arguments: [
        ("", "v"), ("Na me", "v"), ("Name:", "v"), ("Näme", "v"), ("X\r\nY", "v"), ("X", "a\r\nInjected: 1"),
        ("X", "a\nb"), ("X", "a\u{0}b"), ("X", "\u{7f}"), ("Content-Length", "3"), ("transfer-encoding", "chunked"),
        ("EXPECT", "100-continue"),
    ])
    func `a header that would break the request apart has a defect`(name: String, value: String) {
        #expect(Request.Header(name, value).defect != nil)
    }

    @Test func `a plain header has none and an empty value is kept`() {
        #expect(Request.Header("X-Name", "a\tb é").defect == nil)
        #expect(Request.Header("X-Name", "a").line == "X-Name: a")
        #expect(Request.Header("X-Name", "").line == "X-Name;")
    }
}
