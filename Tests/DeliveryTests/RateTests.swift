import Testing

@testable import Delivery

@Suite struct RateTests {
    @Test(
        arguments: [
            ("2", .milliseconds(500)), ("2/s", .milliseconds(500)), ("100/15m", .seconds(9)),
            ("1000/1d", .milliseconds(86_400)),
            ("0.5", .seconds(2)), ("1/2h", .seconds(7200)), ("1000000", .microseconds(1)),
            ("1/366d", .seconds(31_622_400)),
        ] as [(String, Duration)])
    func `a rate is a number of events in a window, a second unless said otherwise`(text: String, interval: Duration)
        throws
    {
        #expect(try Rate(text).interval == interval)
    }

    @Test(arguments: ["0", "0/s", "0.0", "1/0s", "1/0d"])
    func `nothing in a window is no rate`(text: String) {
        #expect(throws: RateError.notAboveZero(text)) { try Rate(text) }
    }

    @Test(arguments: [
        "", "-1", "+1", "nan", "inf", "infinity", "1e3", "0x10", "1/", "/s", "1/x", "1/1.5s", "1//s", "2/s/s", " 2",
        "2 ",
        ".", "1.2.3", "1/s1", "٢", "1111111111111111",
    ])
    func `what is not a number and a window is refused`(text: String) {
        #expect(throws: RateError.notARate(text)) { try Rate(text) }
    }

    @Test(arguments: ["1000001", "1/367d", "0.000000001"])
    func `what no clock can pace is refused`(text: String) {
        #expect(throws: RateError.outOfRange(text)) { try Rate(text) }
    }
}
