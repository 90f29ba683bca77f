public import NDJSON

/// When so many events will have been sent, if each takes one attempt and a run is there whenever a window opens.
public struct Forecast: Equatable, Sendable {
    /// When the first one leaves; nil when there is none.
    public let first: Timestamp?
    /// When the last one leaves; nil when there is none, and when that is too far away to be told.
    public let last: Timestamp?

    /// Beyond so many steps, each of them a window or an event, nothing is told: about a second's work.
    private static let mostSteps = 4_000_000
    private static let second: Int128 = 1_000_000_000

    /// For `events` events, the first of them not before `now`, under a budget of which nothing is used.
    public init(events: Int, from now: Timestamp, rate: Rate, budget: Budget? = nil) {
        self.init(events: events, from: now, rate: rate, tally: budget.map(Tally.init))
    }

    init(events: Int, from now: Timestamp, rate: Rate, tally: Tally?, mostSteps: Int = mostSteps) {
        guard events > 0 else {
            (first, last) = (nil, nil)
            return
        }
        let (seconds, attoseconds) = rate.interval.components
        let interval = Int128(seconds) * Forecast.second + Int128(attoseconds / 1_000_000_000)
        // In nanoseconds: with a million events, what an interval loses to the microsecond would add up to a second.
        let start = Int128(now.microseconds) * 1000
        guard var tally else {
            first = now
            last = Forecast.moment(start + Int128(events - 1) * interval)
            return
        }
        var run = Run(time: start, interval: interval, left: events)
        first = run.open(tally).flatMap(Forecast.moment)
        var steps = 0
        while run.left > 0, steps < mostSteps, Forecast.moment(run.time) != nil {
            steps += 1
            // A step is a closed window to its end, or all events for which the open ones have room.
            if let end = tally.refusal(at: run.seconds) {
                run.time = Int128(end) * Forecast.second
            } else {
                run.send(&tally)
            }
        }
        last = run.left == 0 ? Forecast.moment(run.lastSent) : nil
    }

    /// Nil beyond the year 9999.
    fileprivate static func moment(_ nanoseconds: Int128) -> Timestamp? {
        Int64(exactly: (nanoseconds - (nanoseconds < 0 ? 999 : 0)) / 1000).flatMap(Timestamp.init(microseconds:))
    }

    /// Events that leave one after the other.
    private struct Run {
        /// When the next one could leave as far as the rate is concerned, in nanoseconds since 1970.
        var time: Int128
        let interval: Int128
        var left: Int
        var lastSent: Int128 = 0

        var seconds: Int64 {
            let (quotient, remainder) = time.quotientAndRemainder(dividingBy: Forecast.second)
            return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
        }

        /// When the next one leaves.
        func open(_ tally: Tally) -> Int128? {
            let opening = tally.opening(at: seconds)
            return opening == seconds ? time : Int128(opening) * Forecast.second
        }

        /// Sends all that find room in the windows that are open now.
        mutating func send(_ tally: inout Tally) {
            let (room, end) = tally.room(at: seconds)
            let untilEnd = (Int128(end) * Forecast.second - time + interval - 1) / interval
            let count = Int(min(Int128(min(left, room)), untilEnd))
            tally.charge(count * tally.budget.cost, at: seconds)
            lastSent = time + Int128(count - 1) * interval
            time = lastSent + interval
            left -= count
        }
    }
}

extension Timestamp {
    /// For a person who looks at the clock: `14:15Z` on the day of `now`, else `2026-11-27 09:30Z`; the next whole minute
    /// when it is none, so that whoever comes then is not too early.
    public func words(at now: Timestamp) -> String {
        let seconds = unixSeconds + (microseconds % 1_000_000 == 0 ? 0 : 1)
        let minute = Timestamp(nearest: floor(seconds + 59, toMultipleOf: 60)).description
        let (day, time) = (minute.prefix(10), minute.dropFirst(11).prefix(5))
        return now.description.prefix(10) == day ? "\(time)Z" : "\(day) \(time)Z"
    }
}
