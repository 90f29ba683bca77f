import Testing

@testable import Delivery

@Suite struct BudgetTests {
    @Test(arguments: [
        ("0%", 0), ("20%", 2000), ("12.5%", 1250), ("12.05%", 1205), ("99.99%", 9999), ("0.01%", 1), ("05%", 500),
    ])
    func `a percentage has at most two decimals`(text: String, hundredths: Int) throws {
        #expect(try Percentage(text).hundredths == hundredths)
    }

    @Test(arguments: [
        "", "%", "20", "0.2", "12.555%", "-1%", "+1%", "1e1%", ".5%", "5.%", "20 %", "20%%", "٢%", "1.2.3%",
    ])
    func `what is no percentage is no reserve`(text: String) {
        #expect(throws: ReserveError.notAReserve(text)) { try Reserve(text) }
    }

    @Test(arguments: ["100.01%", "101%", "999999999%"])
    func `more than all is no percentage`(text: String) {
        #expect(throws: PercentageError.aboveHundred(text)) { try Percentage(text) }
    }

    @Test(arguments: ["0%", "90%", "100%", "12.5%", "12.05%", "0.01%"])
    func `a percentage shows as it would be typed`(text: String) throws {
        #expect("\(try Percentage(text))" == text)
    }

    @Test(arguments: ["100%", "100.00%", "999999999%"])
    func `a reserve leaves something`(text: String) {
        #expect(throws: ReserveError.notBelowHundred(text)) { try Reserve(text) }
    }

    @Test(
        arguments: [
            ("100/15m", 2, "20%", 80, 40), ("1000/1d", 2, "20%", 800, 400), ("100/15m", 1, "0%", 100, 100),
            ("100/15m", 3, "0%", 100, 33), ("100/15m", 2, "12.5%", 87, 43), ("100/15m", 2, "99%", 1, 0),
            ("3/15m", 1, "33.34%", 1, 1), ("3/15m", 1, "33.33%", 2, 2),
            // In binary fractions 100 × (1 − 0.34) is less than 66.
            ("100/15m", 1, "34%", 66, 66), ("50/15m", 2, "80%", 10, 5), ("1000/1d", 9, "10%", 900, 100),
            ("1000000000/1d", 1000, "0.01%", 999_900_000, 999_900),
            ("7/1d", 7, "0%", 7, 1),
        ] as [(String, Int, String, Int, Int)])
    func `what is usable is rounded down, and so are the events in it`(
        quota: String, cost: Int, reserve: String, usable: Int, events: Int
    ) throws {
        let quota = try Quota(quota)
        let reserve = try Reserve(reserve)
        guard events > 0 else {
            #expect(throws: BudgetError.neverFits(quota, usable: usable, cost: cost)) {
                try Budget([quota], cost: cost, reserve: reserve)
            }
            return
        }
        let budget = try Budget([quota], cost: cost, reserve: reserve)
        #expect(budget.usable(of: quota) == usable)
        #expect(budget.events(aWindowOf: quota) == events)
    }

    @Test func `a budget under which nothing could be sent is refused`() throws {
        let quota = try Quota("100/15m")
        #expect(throws: BudgetError.noQuota) { try Budget([]) }
        #expect(throws: BudgetError.costOutOfRange(0)) { try Budget([quota], cost: 0) }
        #expect(throws: BudgetError.costOutOfRange(1001)) { try Budget([quota], cost: 1001) }
        #expect(throws: BudgetError.guardBelowZero(seconds: -1)) { try Budget([quota], guardSeconds: -1) }
        #expect(throws: BudgetError.guardTooLong(seconds: 900, quota)) { try Budget([quota], guardSeconds: 900) }
        #expect(throws: BudgetError.guardTooLong(seconds: 86_400, try Quota("1/2d"))) {
            try Budget([Quota("1/2d")], guardSeconds: 86_400)
        }
        #expect(try Budget([quota], guardSeconds: 899).guardSeconds == 899)
    }

    @Test func `the second of two equal quotas changes nothing`() throws {
        #expect(try Budget([Quota("9/15m"), Quota("9/900s")]) == Budget([Quota("9/15m")]))
    }

    @Test(arguments: [
        (["100/15m", "1000/1d"], 2, "20%", "40 every 15 minutes, 400 a day"), (["5/7m"], 1, "0%", "5 every 7 minutes"),
        (["10/h"], 1, "0%", "10 an hour"), (["3/2d"], 1, "0%", "3 every 2 days"),
        (["10/1s"], 1, "0%", "10 every second"),
        (["60/60s"], 1, "0%", "60 a minute"), (["1/90s"], 1, "0%", "1 every 90 seconds"),
    ])
    func `a budget can be said in words`(quotas: [String], cost: Int, reserve: String, words: String) throws {
        let quotas = try quotas.map { try Quota($0) }
        #expect(try Budget(quotas, cost: cost, reserve: Reserve(reserve), guardSeconds: 0).words == words)
    }
}
