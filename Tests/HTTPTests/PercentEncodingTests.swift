import HTTP
import Testing

@Suite struct PercentEncodingTests {
    @Test func `letters, digits and the four unreserved marks stay`() {
        let text = "AZaz09-._~"
        #expect(PercentEncoding.encode(text) == text)
    }

    @Test func `everything else is encoded, byte for byte of its UTF-8`() {
        #expect(PercentEncoding.encode("a=/+ b&?#%") == "a%3D%2F%2B%20b%26%3F%23%25")
        #expect(PercentEncoding.encode("é🚴") == "%C3%A9%F0%9F%9A%B4")
        #expect(PercentEncoding.encode("\u{0}\n\u{7f}") == "%00%0A%7F")
        #expect(PercentEncoding.encode("") == "")
    }
}
