import NDJSON
import Testing

@testable import Delivery

@Suite struct QuotaTests {
    @Test(
        arguments: [
            ("100/15m", 100, 900, "100/15m"), ("1000/1d", 1000, 86_400, "1000/1d"), ("100/900s", 100, 900, "100/15m"),
            ("1/h", 1, 3600, "1/1h"), ("7/90s", 7, 90, "7/90s"), ("5/24h", 5, 86_400, "5/1d"),
            ("1000000000/31d", 1_000_000_000, 2_678_400, "1000000000/31d"), ("007/1s", 7, 1, "7/1s"),
        ] as [(String, Int, Int64, String)])
    func `a quota is a number of calls in a window`(text: String, limit: Int, seconds: Int64, name: String) throws {
        let quota = try Quota(text)
        #expect((quota.limit, quota.seconds, quota.description) == (limit, seconds, name))
    }

    @Test(arguments: [
        "", "100", "100/", "/15m", "100/15", "100/m15", "-1/1d", "+1/1d", "1.5/1d", "1/1.5h", "1/1w", "1/1d/1d",
        " 1/1d",
        "1/1d ", "1e3/1d", "٢/1d", "1111111111111/1d", "100/15M",
    ])
    func `what is not a number and a window is refused`(text: String) {
        #expect(throws: QuotaError.notAQuota(text)) { try Quota(text) }
    }

    @Test func `a quota says why it is none`() {
        #expect(throws: QuotaError.notAboveZero("0/1d")) { try Quota("0/1d") }
        #expect(throws: QuotaError.notAboveZero("1/0m")) { try Quota("1/0m") }
        #expect(throws: QuotaError.outOfRange("1/32d")) { try Quota("1/32d") }
        #expect(throws: QuotaError.outOfRange("1000000001/1d")) { try Quota("1000000001/1d") }
        #expect(throws: QuotaError.notWholeDays("1/25h")) { try Quota("1/25h") }
        #expect(throws: QuotaError.notWholeDays("1/86401s")) { try Quota("1/86401s") }
        #expect("\(QuotaError.notAQuota("x"))" == #"not a quota (100/15m, 1000/1d): "x""#)
    }

    @Test(
        arguments: [
            ("1/15m", "2026-11-23T14:02:11Z", "2026-11-23T14:00:00Z", "2026-11-23T14:15:00Z"),
            ("1/15m", "2026-11-23T14:15:00Z", "2026-11-23T14:15:00Z", "2026-11-23T14:30:00Z"),
            ("1/1d", "2026-11-23T23:59:59Z", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
            // 205 windows of seven minutes end at 23:55.
            ("1/7m", "2026-11-23T23:54:59Z", "2026-11-23T23:48:00Z", "2026-11-23T23:55:00Z"),
            ("1/7m", "2026-11-23T23:55:00Z", "2026-11-23T23:55:00Z", "2026-11-24T00:00:00Z"),
            ("1/7m", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-24T00:07:00Z"),
            ("1/13h", "2026-11-23T14:00:00Z", "2026-11-23T13:00:00Z", "2026-11-24T00:00:00Z"),
            ("1/2d", "1970-01-02T12:00:00Z", "1970-01-01T00:00:00Z", "1970-01-03T00:00:00Z"),
            ("1/31d", "1970-02-01T00:00:00Z", "1970-02-01T00:00:00Z", "1970-03-04T00:00:00Z"),
            ("1/31d", "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("1/7m", "1969-12-31T23:59:59Z", "1969-12-31T23:55:00Z", "1970-01-01T00:00:00Z"),
            ("1/15m", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:15:00Z"),
        ])
    func `windows begin at midnight UTC and at multiples of their length`(
        quota: String, time: String, start: String, end: String
    ) throws {
        let window = try Quota(quota).window(at: instant(time).unixSeconds)
        #expect(moment(window.start) == instant(start))
        #expect(moment(window.end) == instant(end))
    }

    @Test(arguments: ["1/1s", "1/7s", "1/7m", "1/15m", "1/3599s", "1/5h", "1/86399s", "1/1d", "1/2d", "1/31d"])
    func `every second belongs to exactly one window`(text: String) throws {
        let quota = try Quota(text)
        for midnight in [Int64(-86_400), 0, 1_700_006_400] {
            var window = quota.window(at: midnight)
            for second in midnight..<midnight + 86_400 {
                if second == window.end { window = quota.window(at: second) }
                guard window.start <= second, second < window.end, quota.window(at: second) == window,
                    window.end - window.start <= quota.seconds
                else {
                    Issue.record("second \(second) is not in \(window)")
                    return
                }
            }
        }
    }
}
