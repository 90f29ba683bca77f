import NDJSON

/// How much of each quota is used: one window and one number for each, however long the ledger is.
///
/// Time in it never goes back: a moment before the last charge counts as the last charge's.
struct Tally: Sendable {
    let budget: Budget
    /// When the last charge was, in seconds since 1970; nil before the first.
    private(set) var last: Int64?

    private var counts: [Count]
    /// What the largest charge took.
    private var largestCharge: Int
    /// Calls of unknown time, somewhere from the last charge on.
    private var undated = 0

    private struct Count {
        var window = Quota.Window(start: 0, end: 0)
        var used = 0
    }

    init(_ budget: Budget) {
        self.budget = budget
        counts = budget.quotas.map { _ in Count() }
        largestCharge = budget.cost
    }

    /// With what is used already, as `standing(at:)` told.
    init(_ budget: Budget, _ standings: [Standing]) {
        self.init(budget)
        for (index, standing) in standings.enumerated() where counts.indices.contains(index) {
            counts[index] = Count(window: standing.window, used: standing.used)
            last = max(standing.window.start, last ?? standing.window.start)
        }
    }

    /// Takes over what `other` knows of the same windows, where it is more; tells whether it was.
    mutating func raise(to other: Tally) -> Bool {
        var isMore = false
        if let time = other.last, time >= last ?? time { move(to: time) }
        for index in counts.indices where counts[index].window == other.counts[index].window {
            guard other.counts[index].used > counts[index].used else { continue }
            counts[index].used = other.counts[index].used
            isMore = true
        }
        return isMore
    }

    // MARK: Counting

    mutating func charge(_ calls: Int, at time: Int64) {
        move(to: time)
        for index in counts.indices { counts[index].used += calls }
        largestCharge = max(largestCharge, calls)
    }

    /// Takes back calls that were charged at `time`: in windows that are over, and of charges that were not seen, they
    /// stay counted.
    mutating func refund(_ calls: Int, at time: Int64) {
        guard let last, time <= last else { return }
        for index in counts.indices where counts[index].window == budget.quotas[index].window(at: time) {
            counts[index].used = max(0, counts[index].used - calls)
        }
    }

    /// Counts charges of which nothing is known: as the largest one before them, in its window and in the next charge's too,
    /// since they were made somewhere between the two.
    mutating func chargeUndated(_ times: Int) {
        for index in counts.indices { counts[index].used += times * largestCharge }
        undated += times * largestCharge
    }

    /// What was undated was charged by then.
    mutating func dateUndated(by time: Int64) {
        if undated > 0 { move(to: time) }
    }

    private mutating func move(to time: Int64) {
        let time = effective(time)
        for (index, quota) in budget.quotas.enumerated() {
            let window = quota.window(at: time)
            if window != counts[index].window { counts[index] = Count(window: window, used: undated) }
        }
        undated = 0
        last = time
    }

    // MARK: Asking

    func effective(_ time: Int64) -> Int64 { max(time, last ?? time) }

    /// When to ask again, should nothing be charged at `time`: the end of the longest window that refuses.
    func refusal(at time: Int64) -> Int64? {
        let time = effective(time)
        var end: Int64?
        for (index, quota) in budget.quotas.enumerated() {
            let window = quota.window(at: time)
            let isOpen = time < window.end - budget.guardSeconds
            if !isOpen || used(index, in: window) + budget.cost > budget.usable(of: quota) {
                end = max(window.end, end ?? window.end)
            }
        }
        return end
    }

    /// The first second at or after `time` at which an event can be charged; `time` itself when that is now.
    ///
    /// It ends: every midnight all guards are over, and with the longest window all that is used is.
    func opening(at time: Int64) -> Int64 {
        var opening = time
        while let end = refusal(at: opening) { opening = end }
        return opening
    }

    /// So many events in a row, beginning at `time`, which is open, find room; the last of them before `end`.
    func room(at time: Int64) -> (events: Int, end: Int64) {
        let time = effective(time)
        var room = (events: Int.max, end: Int64.max)
        for (index, quota) in budget.quotas.enumerated() {
            let window = quota.window(at: time)
            room.events = min(room.events, left(index, in: window))
            room.end = min(room.end, window.end - budget.guardSeconds)
        }
        return room
    }

    func standing(at time: Int64) -> [Standing] {
        let time = effective(time)
        return budget.quotas.enumerated().map { index, quota in
            let window = quota.window(at: time)
            return Standing(
                quota: quota, window: window, used: used(index, in: window), usable: budget.usable(of: quota),
                eventsLeft: left(index, in: window))
        }
    }

    private func used(_ index: Int, in window: Quota.Window) -> Int {
        counts[index].window == window ? counts[index].used : 0
    }

    private func left(_ index: Int, in window: Quota.Window) -> Int {
        max(0, budget.usable(of: budget.quotas[index]) - used(index, in: window)) / budget.cost
    }
}

/// Where one quota stands.
public struct Standing: Equatable, Sendable {
    /// Which.
    public let quota: Quota
    /// The window that the moment belongs to.
    public let window: Quota.Window
    /// The calls that are charged in it, by all runs.
    public let used: Int
    /// The calls that may be.
    public let usable: Int
    /// The events that still find room.
    public let eventsLeft: Int
}
