public import NDJSON

/// Why a text is no time, or two of them no range. Facts here, words below.
public enum TimeRangeError: Error, Equatable {
    /// No RFC 3339 time with an offset.
    case notATime(Excerpt)
    /// Neither a day of the calendar nor a time.
    case notADayOrTime(Excerpt)
    /// Nothing lies between the start and the end.
    case isEmpty(from: Timestamp, to: Timestamp)
}

extension TimeRangeError: CustomStringConvertible {
    /// `what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .notATime(let text): "not an RFC 3339 time with an offset: \(text)"
        case .notADayOrTime(let text): "neither a day (YYYY-MM-DD) nor an RFC 3339 time with an offset: \(text)"
        case .isEmpty(let from, let to): "nothing lies between: from \(from) to \(to)"
        }
    }
}

/// A moment that an option names.
public struct Moment: Equatable, Sendable {
    /// The moment.
    public let timestamp: Timestamp

    /// RFC 3339, with an offset.
    public init(_ text: String) throws(TimeRangeError) {
        guard let timestamp = Timestamp(text: text.utf8) else { throw .notATime(Excerpt(text)) }
        self.timestamp = timestamp
    }
}

/// One end of a range: a whole day in UTC, which belongs to the range, or a moment.
public enum TimeBound: Equatable, Sendable {
    case day(CivilDate)
    case moment(Timestamp)

    /// `2024-01-05` or `2024-01-05T07:12:33+01:00`.
    public init(_ text: String) throws(TimeRangeError) {
        if let day = TimeBound.day(text) {
            self = .day(day)
        } else if let moment = Timestamp(text: text.utf8) {
            self = .moment(moment)
        } else {
            throw .notADayOrTime(Excerpt(text))
        }
    }

    private static func day(_ text: String) -> CivilDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }
}

extension TimeBound: CustomStringConvertible {
    /// As it would be typed.
    public var description: String {
        switch self {
        case .day(let day): "\(day)"
        case .moment(let moment): "\(moment)"
        }
    }
}

/// The moments from `from` on and before `to`; an end that is not set is open.
public struct TimeRange: Equatable, Sendable {
    /// The first moment that belongs to it.
    public let from: Timestamp?
    /// The first moment that no longer belongs to it.
    public let to: Timestamp?

    /// Throws when nothing could lie in the range.
    public init(start: TimeBound?, end: TimeBound?) throws(TimeRangeError) {
        switch start {
        case .day(let day): from = day.midnight
        case .moment(let moment): from = moment
        case nil: from = nil
        }
        switch end {
        // After the last day of the calendar nothing follows: then the end is open.
        case .day(let day): to = CivilDate(daysSince1970: day.daysSince1970 + 1).midnight
        case .moment(let moment): to = moment
        case nil: to = nil
        }
        if let from, let to, from >= to { throw .isEmpty(from: from, to: to) }
    }
}

extension TimeRange: CustomStringConvertible {
    /// `from 2024-01-01T00:00:00Z, before 2025-01-01T00:00:00Z`.
    public var description: String {
        let ends = [from.map { "from \($0)" }, to.map { "before \($0)" }].compactMap { $0 }
        return ends.isEmpty ? "all times" : ends.joined(separator: ", ")
    }
}
