/// How many events there are of each sport, in constant memory whatever the records call it.
struct SportCount {
    /// Strava has some fifty; a stream of nonsense has any number.
    static let mostSports = 64
    /// In bytes; Strava's longest has 29.
    static let longestName = 40

    private var events: [String: Int] = [:]
    private var others = 0
    private var unnamed = 0

    /// One more event, of a sport that its record may or may not name.
    mutating func add(_ sport: String?) {
        guard let sport, !sport.isEmpty else {
            unnamed += 1
            return
        }
        // A long one is only looked up when it has room: the record may have megabytes there.
        guard sport.utf8.count <= SportCount.longestName,
            events[sport] != nil || events.count < SportCount.mostSports
        else {
            others += 1
            return
        }
        events[sport, default: 0] += 1
    }

    /// ` (Ride 80, VirtualRide 30, Run 8, 2 without a type)`, the most frequent first; empty without an event.
    var words: String {
        let sports = events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        let rest = [(others, "of other types"), (unnamed, "without a type")].filter { $0.0 > 0 }.map { "\($0) \($1)" }
        let all = sports + rest
        return all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
    }
}
