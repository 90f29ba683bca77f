/// How long `Retry-After` asks to wait; nil when `header` is neither seconds nor a date.
///
/// All three forms of a date are read; a moment that has passed asks for no wait. `now`, in Unix seconds, matters to the
/// date forms only. Source: RFC 9110, 10.2.3 and 5.6.7.
public func retryDelay(_ header: String, now: Int64) -> Duration? {
    if !header.isEmpty, header.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
        // More digits than an Int64 holds still ask for a very long time.
        return .seconds(min(Int64(header) ?? .max, longestDelay))
    }
    guard let moment = HTTPDate.unixSeconds(header, now: now) else { return nil }
    return .seconds(min(max(0, moment - now), longestDelay))
}

/// The moment, in Unix seconds, that a header such as `Date` names; nil when it is no date.
///
/// `now`, in Unix seconds, tells the century of a year of two digits. Source: RFC 9110, 5.6.7.
public func unixSeconds(ofDate header: String, now: Int64) -> Int64? { HTTPDate.unixSeconds(header, now: now) }

/// A thousand years: longer than anybody waits, and far from where a Duration overflows.
private let longestDelay: Int64 = 1000 * 365 * 86_400

/// The three forms of a date in HTTP's headers.
private enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    static func unixSeconds(_ text: String, now: Int64) -> Int64? {
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where words[5] == "GMT" && isDay(words[0], short: true, comma: true):
            return seconds(day: words[1], month: words[2], year: number(words[3], digits: 4...4), time: words[4])
        // Sun Nov  6 08:49:37 1994
        case 5 where isDay(words[0], short: true, comma: false):
            return seconds(day: words[2], month: words[1], year: number(words[4], digits: 4...4), time: words[3])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where words[3] == "GMT" && isDay(words[0], short: false, comma: true):
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, let short = number(date[2], digits: 2...2) else { return nil }
            return seconds(day: date[0], month: date[1], year: fullYear(short, now: now), time: words[2])
        default:
            return nil
        }
    }

    /// The year that ends in `short` and is at most 50 years ahead. Source: RFC 9110, 5.6.7.
    private static func fullYear(_ short: Int64, now: Int64) -> Int64 {
        // The year of `now`, near enough: half a day each century.
        let thisYear = 1970 + now / 31_556_952
        let year = thisYear - thisYear % 100 + short
        return year > thisYear + 50 ? year - 100 : year
    }

    private static func isDay(_ word: String, short: Bool, comma: Bool) -> Bool {
        days.contains { (short ? String($0.prefix(3)) : $0) + (comma ? "," : "") == word }
    }

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        return Int64(text)
    }

    private static func seconds(day: String, month: String, year: Int64?, time: String) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map {
            number(String($0), digits: 2...2)
        }
        guard let year, let day = number(day, digits: 1...2), (1...31).contains(day),
            let month = months.firstIndex(of: month), clock.count == 3,
            let hour = clock[0], hour < 24, let minute = clock[1], minute < 60, let second = clock[2], second <= 60
        else { return nil }
        // Days since 1970 in years that begin in March; a leap year's February is then the last month.
        let shifted = month < 2 ? year - 1 : year
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
        return (365 * shifted + leapDays + dayOfYear - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    }
}
