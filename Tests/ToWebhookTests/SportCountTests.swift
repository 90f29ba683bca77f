import Testing

@testable import to_webhook

@Suite struct SportCountTests {
    @Test func `the most frequent sport comes first, and of two alike the first in the alphabet`() {
        let sports = ["Run", "Ride", "VirtualRide", "Run", "Ride", "Hike", "Run"]
        #expect(count(sports).words == " (Run 3, Ride 2, Hike 1, VirtualRide 1)")
    }

    @Test func `events without a type, and an empty count, are told too`() {
        #expect(count([nil, "Ride", ""]).words == " (Ride 1, 2 without a type)")
        #expect(count([nil]).words == " (1 without a type)")
        #expect(count([]).words == "")
    }

    @Test func `so many names are kept as there is room for, and those that come later are counted together`() {
        let names = (1...SportCount.mostSports + 10).map { "Sport\($0)" }
        let words = count(names + ["Sport1", "Sport\(SportCount.mostSports + 1)"]).words
        #expect(words.hasPrefix(" (Sport1 2, Sport10 1, "))
        #expect(words.hasSuffix(", 11 of other types)"))
        #expect(words.split(separator: ",").count == SportCount.mostSports + 1)
    }

    @Test func `a name that is longer than any of Strava's is not kept`() {
        let longest = String(repeating: "x", count: SportCount.longestName)
        #expect(count([longest, longest + "x"]).words == " (\(longest) 1, 1 of other types)")
    }

    private func count(_ sports: [String?]) -> SportCount {
        var count = SportCount()
        for sport in sports { count.add(sport) }
        return count
    }
}
