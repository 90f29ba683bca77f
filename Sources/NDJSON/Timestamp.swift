/// A moment in UTC, to the microsecond, in the years 1 to 9999 of the proleptic Gregorian calendar.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before.
    public let microseconds: Int64

    /// The first and last moment that BigQuery's TIMESTAMP holds.
    /// Source: cloud.google.com/bigquery/docs/reference/standard-sql/data-types#timestamp_type.
    public static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// Nil outside the years 1 to 9999.
    public init?(microseconds: Int64) {
        guard Timestamp.range.contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    /// Nil outside the years 1 to 9999.
    public init?(unixSeconds: Int64) {
        let (microseconds, overflow) = unixSeconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return nil }
        self.init(microseconds: microseconds)
    }

    /// Whole seconds since 1970, floored: half a second before 1970 is -1.
    public var unixSeconds: Int64 { floorDivide(microseconds, 1_000_000).quotient }

    /// Earlier moments come first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC: `2024-01-05T07:12:33Z`, with six decimals when there is a fraction.
    public var description: String {
        var text: [UInt8] = []
        write(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the description.
    func write(to text: inout [UInt8]) {
        let (seconds, fraction) = floorDivide(microseconds, 1_000_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = CivilDate(daysSince1970: days).components
        text.append(digits: 4, of: year)
        text.append(UInt8(ascii: "-"))
        text.append(digits: 2, of: month)
        text.append(UInt8(ascii: "-"))
        text.append(digits: 2, of: day)
        text.append(UInt8(ascii: "T"))
        text.append(digits: 2, of: secondOfDay / 3600)
        text.append(UInt8(ascii: ":"))
        text.append(digits: 2, of: secondOfDay / 60 % 60)
        text.append(UInt8(ascii: ":"))
        text.append(digits: 2, of: secondOfDay % 60)
        if fraction != 0 {
            text.append(UInt8(ascii: "."))
            text.append(digits: 6, of: fraction)
        }
        text.append(UInt8(ascii: "Z"))
    }
}

/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, negative before.
    public let daysSince1970: Int64

    /// The day that is so many days after 1970-01-01, as many as an Int64 of microseconds can be: of more, `components`
    /// might overflow.
    package init(daysSince1970: Int64) {
        self.daysSince1970 = daysSince1970
    }

    /// Nil for a day that the calendar does not have, as 2024-02-30, and outside the years 1 to 9999.
    public init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: month, year: year)
        else { return nil }
        // Howard Hinnant's days_from_civil, in years that begin in March, so that the leap day is the last one.
        // Source: howardhinnant.github.io/date_algorithms.html.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSince1970 = era * 146_097 + dayOfEra - 719_468
    }

    /// The year, month and day.
    public var components: (year: Int64, month: Int64, day: Int64) {
        // The inverse of the above, from the same source.
        let (era, dayOfEra) = floorDivide(daysSince1970 + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Midnight UTC, at which the day begins; nil outside the years 1 to 9999.
    public var midnight: Timestamp? {
        let (seconds, overflow) = daysSince1970.multipliedReportingOverflow(by: 86_400)
        return overflow ? nil : Timestamp(unixSeconds: seconds)
    }

    /// Earlier days come first.
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.daysSince1970 < right.daysSince1970 }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CivilDate: CustomStringConvertible {
    /// `2024-01-05`.
    public var description: String {
        let (year, month, day) = components
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}

/// Division that rounds down, so that the remainder is never negative.
func floorDivide(_ dividend: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func padded(_ number: Int64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension [UInt8] {
    /// Appends the last `width` digits of a number that is not negative, zeros before it where it has fewer.
    fileprivate mutating func append(digits width: Int, of number: Int64) {
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width))
        var rest = number
        for place in 1...width {
            self[count - place] += UInt8(rest % 10)
            rest /= 10
        }
    }
}
