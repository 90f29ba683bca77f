import Testing

@testable import HTTP

@Suite struct RetryAfterTests {
    /// 1994-11-06T08:49:37Z, the moment of RFC 9110's examples.
    private let example: Int64 = 784_111_777

    @Test func `seconds are waited as they stand`() {
        #expect(retryDelay("120", now: 0) == .seconds(120))
        #expect(retryDelay("0", now: 0) == .zero)
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `all three forms of a date name the same moment`(date: String) {
        #expect(retryDelay(date, now: example - 90) == .seconds(90))
    }

    @Test func `a date by itself is a moment, and seconds are none`() {
        #expect(unixSeconds(ofDate: "Sun, 06 Nov 1994 08:49:37 GMT", now: 0) == example)
        #expect(unixSeconds(ofDate: "120", now: 0) == nil)
    }

    @Test func `a moment that has passed asks for no wait`() {
        #expect(retryDelay("Sun, 06 Nov 1994 08:49:37 GMT", now: example + 1) == .zero)
    }

    @Test func `a year of two digits is at most fifty years ahead`() {
        let in2026: Int64 = 1_795_500_000
        #expect(retryDelay("Sunday, 06-Nov-94 08:49:37 GMT", now: in2026) == .zero)
        #expect(
            retryDelay("Friday, 06-Nov-76 08:49:37 GMT", now: in2026).map { $0 > .seconds(49 * 365 * 86_400) } == true)
    }

    @Test(
        arguments: [
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Wed, 31 Dec 2025 23:59:60 GMT", 1_767_225_600), ("Tue, 01 Jan 2030 00:00:00 GMT", 1_893_456_000),
        ] as [(String, Int64)])
    func `leap days and leap seconds are where the calendar has them`(date: String, moment: Int64) {
        #expect(retryDelay(date, now: 1_700_000_000) == .seconds(moment - 1_700_000_000))
    }

    @Test func `more digits than a number holds are still a very long time`() {
        #expect(retryDelay(String(repeating: "9", count: 40), now: 0).map { $0 > .seconds(86_400) } == true)
    }

    @Test(arguments: [
        "", " ", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nom 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "1994-11-06T08:49:37Z", "٣",
    ])
    func `anything else asks for nothing`(text: String) {
        #expect(retryDelay(text, now: 0) == nil)
    }
}
