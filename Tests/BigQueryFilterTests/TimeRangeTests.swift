import NDJSON
import Testing

@testable import BigQueryFilter

@Suite struct TimeRangeTests {
    @Test(arguments: [
        ("2024-01-01", "2024-01-31", "from 2024-01-01T00:00:00Z, before 2024-02-01T00:00:00Z"),
        ("2024-02-29", "2024-02-29", "from 2024-02-29T00:00:00Z, before 2024-03-01T00:00:00Z"),
        ("2024-01-01T00:00:00+01:00", "2024-01-02", "from 2023-12-31T23:00:00Z, before 2024-01-03T00:00:00Z"),
        ("2024-01-01", "2024-01-01T12:00:00Z", "from 2024-01-01T00:00:00Z, before 2024-01-01T12:00:00Z"),
        ("2024-01-01", "9999-12-31", "from 2024-01-01T00:00:00Z"),
    ])
    func `days are whole and moments exact`(start: String, end: String, range: String) throws {
        #expect(try TimeRange(start: TimeBound(start), end: TimeBound(end)).description == range)
    }

    @Test func `an end that is not set is open`() throws {
        #expect(try TimeRange(start: nil, end: nil).description == "all times")
        #expect(try TimeRange(start: nil, end: TimeBound("2024-01-31")).description == "before 2024-02-01T00:00:00Z")
    }

    @Test(arguments: [("2024-02-02", "2024-02-01"), ("2024-02-01T00:00:00Z", "2024-02-01T01:00:00+01:00")])
    func `a range in which nothing lies is refused`(start: String, end: String) {
        #expect(throws: TimeRangeError.self) { try TimeRange(start: TimeBound(start), end: TimeBound(end)) }
    }

    @Test(arguments: [
        "", "2024-02-30", "2023-02-29", "2024-1-1", "24-01-01", "2024-01-01T00:00:00", "yesterday", "2024-01-01 ",
        "+024-01-01", "0000-01-01", "2024-13-01", "1704438753",
    ])
    func `what is neither a day nor a time with an offset is refused`(text: String) {
        #expect(throws: TimeRangeError.notADayOrTime(Excerpt(text))) { try TimeBound(text) }
    }
}
