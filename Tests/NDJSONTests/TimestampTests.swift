import TestSupport
import Testing

@testable import NDJSON

@Suite struct TimestampTests {
    @Test(arguments: 1...500)
    func `a moment's description is read back as the same moment`(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var microseconds = Int64.random(in: Timestamp.range, using: &random)
            if Bool.random(using: &random) { microseconds -= microseconds % 1_000_000 }
            let moment = try #require(Timestamp(microseconds: microseconds))
            #expect(Timestamp(text: moment.description.utf8) == moment, "\(moment)")
        }
    }

    @Test func `a moment is written in UTC, with six decimals when there is a fraction`() {
        #expect(Timestamp(microseconds: 0)?.description == "1970-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: -1)?.description == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: 1_704_438_753_500_000)?.description == "2024-01-05T07:12:33.500000Z")
        #expect(Timestamp(microseconds: Timestamp.range.lowerBound)?.description == "0001-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: Timestamp.range.upperBound)?.description == "9999-12-31T23:59:59.999999Z")
    }

    @Test func `the years 1 to 9999 are taken, not a microsecond more`() {
        #expect(Timestamp(microseconds: Timestamp.range.lowerBound - 1) == nil)
        #expect(Timestamp(microseconds: Timestamp.range.upperBound + 1) == nil)
        #expect(Timestamp(unixSeconds: -62_135_596_800)?.description == "0001-01-01T00:00:00Z")
        #expect(Timestamp(unixSeconds: -62_135_596_801) == nil)
        #expect(Timestamp(unixSeconds: 253_402_300_799)?.description == "9999-12-31T23:59:59Z")
        #expect(Timestamp(unixSeconds: 253_402_300_800) == nil)
        #expect(Timestamp(unixSeconds: .max) == nil)
        #expect(Timestamp(unixSeconds: .min) == nil)
    }

    @Test(arguments: [(0, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-1_000_000, -1), (-1_000_001, -2)])
    func `seconds are floored, before 1970 too`(_ example: (microseconds: Int64, seconds: Int64)) {
        #expect(Timestamp(microseconds: example.microseconds)?.unixSeconds == example.seconds)
    }

    @Test func `earlier moments come first`() throws {
        let moments = [-5, 0, 3, 1_000_000].compactMap { Timestamp(microseconds: $0) }
        #expect(moments.count == 4 && moments.shuffled().sorted() == moments)
    }
}

@Suite struct CivilDateTests {
    @Test func `every day of 10,000 years is the day after the one before`() throws {
        var days = try #require(CivilDate(year: 1, month: 1, day: 1)).daysSince1970
        #expect(days == -719_162)
        for year in Int64(1)...9999 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for (month, length) in zip(
                Int64(1)..., [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as [Int64])
            {
                // The first and the last days of a month, and the one that it does not have.
                for day in [1, 2, 28, length] {
                    let date = CivilDate(year: year, month: month, day: day)
                    let back = CivilDate(daysSince1970: days + day - 1).components
                    guard date?.daysSince1970 == days + day - 1, back == (year, month, day) else {
                        Issue.record("\(year)-\(month)-\(day)")
                        continue
                    }
                }
                if CivilDate(year: year, month: month, day: length + 1) != nil { Issue.record("\(year)-\(month)") }
                days += length
            }
        }
        #expect(days == 2_932_897)
    }

    @Test func `a day that the calendar does not have is refused`() {
        for (year, month, day) in [
            (0, 1, 1), (10_000, 1, 1), (-1, 1, 1), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0), (2024, 1, 32),
        ] {
            #expect(
                CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)) == nil, "\(year)-\(month)-\(day)")
        }
    }

    @Test func `a day is written with four digits for the year, and begins at midnight UTC`() throws {
        let day = try #require(CivilDate(year: 33, month: 4, day: 3))
        #expect(day.description == "0033-04-03")
        #expect(day.midnight?.description == "0033-04-03T00:00:00Z")
        #expect(day < CivilDate(daysSince1970: 0))
    }

    @Test func `a day outside the years 1 to 9999 has no midnight`() {
        for days in [Int64.min, -719_163, 2_932_897, .max] {
            #expect(CivilDate(daysSince1970: days).midnight == nil, "\(days)")
        }
        #expect(CivilDate(daysSince1970: -719_162).midnight != nil)
        #expect(CivilDate(daysSince1970: 2_932_896).midnight != nil)
    }
}
