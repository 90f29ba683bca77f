/// How many events may leave in how long: `2`, `2/s`, `100/15m`, `0.5/s`. A bare number is per second.
public struct Rate: Equatable, Sendable {
    /// The time from one event to the next.
    public let interval: Duration
    /// The text that it was made from; a bare number with its unit.
    public let text: String

    /// Two a second, which the pipeline behind Strava's webhook is built for.
    public static let usual = Rate(interval: .milliseconds(500), text: "2/s")

    private init(interval: Duration, text: String) {
        self.interval = interval
        self.text = text
    }

    /// Parses `NUMBER[/[COUNT]UNIT]`, the unit one of `s m h d`.
    ///
    /// Throws for anything that is no number above zero, and for a rate that is faster than a million a second or slower
    /// than one event in a year.
    public init(_ text: String) throws(RateError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let count = Rate.decimal(parts[0]), let window = parts.count == 1 ? 1 : Rate.seconds(parts[1]) else {
            throw .notARate(text)
        }
        guard count > 0, window > 0 else { throw .notAboveZero(text) }
        let seconds = window / count
        guard (0.000_001...31_622_400).contains(seconds) else { throw .outOfRange(text) }
        // To the nanosecond, which a Double of seconds is not: 86.4 of them would be 86.400000000000005684.
        interval = .nanoseconds(Int64((seconds * 1e9).rounded()))
        self.text = parts.count == 1 ? "\(text)/s" : text
    }

    /// The same, or slower where something else takes longer than `interval`.
    public func slowed(to interval: Duration) -> Rate {
        interval <= self.interval ? self : Rate(interval: interval, text: text)
    }

    /// Digits with at most one point in them. `Double` alone would also take `nan`, `inf`, `1e9` and `0x10`.
    private static func decimal(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 15, text != ".",
            text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        return Double(text)
    }

    /// The seconds of `s`, `15m` or `1d`.
    private static func seconds(_ text: Substring) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
        let count = text.dropLast()
        guard !count.isEmpty else { return unit }
        guard !count.contains("."), let number = decimal(count) else { return nil }
        return number * unit
    }
}

/// Why a text is not a rate.
public enum RateError: Error, Equatable {
    /// It has another form.
    case notARate(String)
    /// Nothing would ever be sent.
    case notAboveZero(String)
    /// Faster than a million a second, or slower than one in a year.
    case outOfRange(String)
}

extension RateError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notARate(let text): "not a rate (2, 2/s, 100/15m, 1000/1d): \(Rate.quoted(text))"
        case .notAboveZero(let text): "not above zero: \(Rate.quoted(text))"
        case .outOfRange(let text): "not between one a year and a million a second: \(Rate.quoted(text))"
        }
    }
}

extension Rate {
    fileprivate static func quoted(_ text: String) -> String { "\"\(text.prefix(80))\"" }
}
