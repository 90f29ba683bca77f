/// How many calls may be made in a window of time, on natural UTC boundaries: `100/15m`, `1000/1d`.
///
/// Windows begin at midnight UTC and then at each multiple of their length; the last one of a day is cut at midnight
/// where the length does not divide the day. Windows of several days are counted from 1970-01-01.
/// Source: developers.strava.com/docs/rate-limits ("resets at natural 15-minute intervals", "at midnight UTC").
public struct Quota: Hashable, Sendable {
    /// The calls of a window.
    public let limit: Int
    /// How long a window is.
    public let seconds: Int64

    static let day: Int64 = 86_400
    static let mostCalls = 1_000_000_000
    static let longestWindow = 31 * day

    /// One stretch of time, in seconds since 1970: from `start` to before `end`.
    public struct Window: Hashable, Sendable {
        /// Its first second.
        public let start: Int64
        /// The first second of the next one.
        public let end: Int64
    }

    /// Parses `N/WINDOW`, the window in whole seconds, minutes, hours or days: one of `s m h d`, a number before it.
    ///
    /// Throws for more than a milliard calls, for more than 31 days, and for a window that is longer than a day and not
    /// made of whole days: where such a one begins, nobody could say.
    public init(_ text: String) throws(QuotaError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let limit = Quota.integer(parts[0]), let seconds = Quota.seconds(parts[1]) else {
            throw .notAQuota(text)
        }
        guard limit > 0, seconds > 0 else { throw .notAboveZero(text) }
        guard limit <= Quota.mostCalls, seconds <= Quota.longestWindow else { throw .outOfRange(text) }
        guard seconds <= Quota.day || seconds % Quota.day == 0 else { throw .notWholeDays(text) }
        self.limit = Int(limit)
        self.seconds = seconds
    }

    /// The window that a moment, in seconds since 1970, belongs to; each moment belongs to exactly one.
    public func window(at unixSeconds: Int64) -> Window {
        guard seconds <= Quota.day else {
            let start = floor(unixSeconds, toMultipleOf: seconds)
            return Window(start: start, end: start + seconds)
        }
        let midnight = floor(unixSeconds, toMultipleOf: Quota.day)
        let start = midnight + floor(unixSeconds - midnight, toMultipleOf: seconds)
        return Window(start: start, end: min(start + seconds, midnight + Quota.day))
    }

    /// Digits, and so few of them that nothing overflows.
    private static func integer(_ text: Substring) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        return Int64(text)
    }

    /// The seconds of `s`, `15m` or `1d`.
    private static func seconds(_ text: Substring) -> Int64? {
        guard let unit = Unit.allCases.first(where: { text.last == $0.letter }) else { return nil }
        let count = text.dropLast()
        return count.isEmpty ? unit.rawValue : integer(count).map { $0 * unit.rawValue }
    }
}

extension Quota {
    /// The units of a window, the longest first.
    enum Unit: Int64, CaseIterable {
        case day = 86_400
        case hour = 3600
        case minute = 60
        case second = 1

        var letter: Character { "\(self)".first ?? "s" }
    }

    /// The window in the longest unit that it has a whole number of.
    var span: (count: Int64, unit: Unit) {
        let unit = Unit.allCases.first { seconds % $0.rawValue == 0 } ?? .second
        return (seconds / unit.rawValue, unit)
    }
}

extension Quota: CustomStringConvertible {
    /// `100/15m`, also for what was given as `100/900s`.
    public var description: String { "\(limit)/\(span.count)\(span.unit.letter)" }
}

/// Why a text is not a quota.
public enum QuotaError: Error, Equatable {
    /// It has another form.
    case notAQuota(String)
    /// Nothing would ever be sent.
    case notAboveZero(String)
    /// More than a milliard calls, or more than 31 days.
    case outOfRange(String)
    /// Longer than a day, and no whole days.
    case notWholeDays(String)
}

extension QuotaError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notAQuota(let text): "not a quota (100/15m, 1000/1d): \(Quota.quoted(text))"
        case .notAboveZero(let text): "not above zero: \(Quota.quoted(text))"
        case .outOfRange(let text):
            "more than \(Quota.mostCalls) calls or more than 31 days: \(Quota.quoted(text))"
        case .notWholeDays(let text): "longer than a day, and not whole days: \(Quota.quoted(text))"
        }
    }
}

extension Quota {
    fileprivate static func quoted(_ text: String) -> String { "\"\(text.prefix(80))\"" }
}

/// The largest multiple of `step` that is not above `number`, also below zero.
func floor(_ number: Int64, toMultipleOf step: Int64) -> Int64 {
    let rest = number % step
    return number - (rest < 0 ? rest + step : rest)
}
