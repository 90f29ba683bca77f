import HTTP
import Testing

@Suite struct ResponseTests {
    @Test func `a header is found whatever the case of its letters, the first of several`() {
        var headers = Headers()
        headers.append("Retry-After", "7")
        headers.append("retry-after", "9")
        #expect(headers["RETRY-AFTER"] == "7")
        #expect(headers["Location"] == nil)
    }
}
