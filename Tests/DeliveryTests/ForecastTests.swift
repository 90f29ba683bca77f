import NDJSON
import TestSupport
import Testing

@testable import Delivery

@Suite struct ForecastTests {
    private let now = instant("2026-11-23T14:02:11Z")

    @Test func `forty every quarter of an hour, four hundred a day`() throws {
        let forecast = Forecast(events: 840, from: now, rate: .usual, budget: try .usual())
        #expect(forecast.first == now)
        // Ten windows of each day, and one of the third.
        #expect(forecast.last == instant("2026-11-25T00:00:19.500Z"))
        #expect(
            Forecast(events: 841, from: now, rate: .usual, budget: try .usual()).last
                == instant("2026-11-25T00:15:00Z"))
    }

    @Test func `without quotas the rate alone counts`() {
        let forecast = Forecast(events: 121, from: now, rate: .usual)
        #expect(forecast == Forecast(events: 121, from: now, rate: .usual, tally: nil))
        #expect(forecast.first == now)
        #expect(forecast.last == moment(now.unixSeconds + 60))
    }

    @Test func `nothing to send has no moment`() throws {
        let forecast = Forecast(events: 0, from: now, rate: .usual, budget: try .usual())
        #expect(forecast.first == nil)
        #expect(forecast.last == nil)
    }

    @Test func `what is used already counts`() throws {
        var ledger = try Ledger.rehearsal(path: "/nonexistent/ledger", budget: .usual(), at: now)
        for _ in 1...40 { _ = try ledger.charge(at: now) }
        let forecast = ledger.forecast(events: 1, from: now, rate: .usual)
        #expect(forecast.first == instant("2026-11-23T14:15:00Z"))
        #expect(forecast.last == forecast.first)
    }

    @Test(arguments: 1...100)
    func `it says what a run that sends one event after the other would see`(seed: Int) throws {
        var chance = SeededGenerator(seed: seed)
        let budget = Budget.random(&chance)
        let texts = ["2/s", "0.7/s", "3/s", "40/15m", "1/7m", "1000000", "3/1d", "7/1s"]
        let rate = try Rate(texts.randomElement(using: &chance) ?? "2/s")
        let start = try #require(
            Timestamp(microseconds: now.microseconds + Int64.random(in: -9_000_000_000...9_000_000_000, using: &chance))
        )
        let events = Int.random(in: 1...100, using: &chance)
        var tally = Tally(budget)
        // Some is used already, also by a clock that was ahead.
        for _ in 0..<Int.random(in: 0...5, using: &chance) {
            let time = tally.effective(start.unixSeconds + Int64.random(in: -5000...500, using: &chance))
            if tally.refusal(at: time) == nil { tally.charge(budget.cost, at: time) }
        }
        let forecast = Forecast(events: events, from: start, rate: rate, tally: tally)
        #expect([forecast.first, forecast.last] == simulation(events, from: start, rate, &tally), "\(budget) \(rate)")
    }

    /// The first and the last moment, found second by second and event by event.
    private func simulation(_ events: Int, from start: Timestamp, _ rate: Rate, _ tally: inout Tally) -> [Timestamp?] {
        let (seconds, attoseconds) = rate.interval.components
        let interval = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
        var time = Int128(start.microseconds) * 1000
        var sent: [Int128] = []
        while sent.count < events {
            let second = Int64(time / 1_000_000_000)
            if let end = tally.refusal(at: second) {
                // Second by second where something may open, which is all that takes a test's time.
                time = Int128(max(second + 1, end - 500)) * 1_000_000_000
                continue
            }
            tally.charge(tally.budget.cost, at: tally.effective(second))
            sent.append(time)
            time += interval
        }
        return [sent.first, sent.last].map { $0.flatMap { Timestamp(microseconds: Int64($0 / 1000)) } }
    }

    @Test func `a million events are foretold by windows`() throws {
        let budget = try Budget([Quota("40/15m")])
        let forecast = Forecast(events: 1_000_000, from: instant("2026-11-23T00:00:00Z"), rate: .usual, budget: budget)
        // 25,000 windows, the last of which takes 39 half seconds.
        let end = instant("2026-11-23T00:00:00Z").unixSeconds + 24_999 * 900 + 19
        #expect(forecast.last == Timestamp(microseconds: end * 1_000_000 + 500_000))
    }

    @Test func `what is too far away is not foretold`() throws {
        let budget = try Budget([Quota("1/31d")])
        #expect(Forecast(events: .max, from: now, rate: .usual, budget: budget).last == nil)
        #expect(Forecast(events: .max, from: now, rate: try Rate("1/366d")).last == nil)
        #expect(Forecast(events: .max, from: now, rate: .usual).last == nil)
        let end = instant("9999-12-31T23:59:59Z")
        #expect(Forecast(events: 2, from: end, rate: .usual, budget: budget).first == end)
        #expect(Forecast(events: 2, from: end, rate: .usual, budget: budget).last == nil)
    }

    @Test func `too many windows are not foretold`() throws {
        let budget = try Budget([Quota("1/1s")], guardSeconds: 0)
        let rate = try Rate("1000000")
        let forecast = Forecast(events: .max, from: now, rate: rate, tally: Tally(budget), mostSteps: 10_000)
        #expect(forecast.first == now)
        #expect(forecast.last == nil)
    }

    @Test(arguments: [
        ("2026-11-23T14:15:00Z", "14:15Z"), ("2026-11-23T14:14:00.000001Z", "14:15Z"),
        ("2026-11-23T14:14:01Z", "14:15Z"), ("2026-11-23T23:59:01Z", "2026-11-24 00:00Z"),
        ("2026-11-27T09:30:00Z", "2026-11-27 09:30Z"), ("2026-11-22T14:15:00Z", "2026-11-22 14:15Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31 23:59Z"),
    ])
    func `a moment is said as a person looks for it on a clock, not too early`(moment: String, words: String) {
        #expect(instant(moment).words(at: now) == words)
    }
}
