/// What events may cost: the quotas that their calls count against, and what is kept free of them.
public struct Budget: Equatable, Sendable {
    /// The limits, all of which hold. Two that are equal are one.
    public let quotas: [Quota]
    /// The calls that the other side makes for an event.
    public let cost: Int
    /// The part of each quota that is left to others.
    public let reserve: Reserve
    /// So many seconds at the end of each window nothing is charged, since what is charged then is spent a little later,
    /// in the next window.
    public let guardSeconds: Int64

    /// The costs that an event can have.
    public static let costs = 1...1000

    /// Throws where an event would never fit into a window, or never leave because of the guard.
    ///
    /// - Parameter guardSeconds: Shorter than each window, and than a day: then every midnight something opens. A window
    ///   that midnight cuts to less than this is passed over.
    public init(
        _ quotas: [Quota], cost: Int = 1, reserve: Reserve = .none, guardSeconds: Int64 = 30
    ) throws(BudgetError) {
        guard !quotas.isEmpty else { throw .noQuota }
        guard Budget.costs.contains(cost) else { throw .costOutOfRange(cost) }
        guard guardSeconds >= 0 else { throw .guardBelowZero(seconds: guardSeconds) }
        self.quotas = quotas.indices.filter { !quotas[..<$0].contains(quotas[$0]) }.map { quotas[$0] }
        self.cost = cost
        self.reserve = reserve
        self.guardSeconds = guardSeconds
        for quota in quotas {
            guard guardSeconds < min(quota.seconds, Quota.day) else {
                throw .guardTooLong(seconds: guardSeconds, quota)
            }
            guard events(aWindowOf: quota) > 0 else {
                throw .neverFits(quota, usable: usable(of: quota), cost: cost)
            }
        }
    }

    /// The calls of a window that events may use.
    public func usable(of quota: Quota) -> Int { reserve.remainder(of: quota.limit) }

    /// The events that fit into a window.
    public func events(aWindowOf quota: Quota) -> Int { usable(of: quota) / cost }
}

extension Budget {
    /// `40 every 15 minutes, 400 a day`: events, not calls.
    public var words: String {
        quotas.map { "\(events(aWindowOf: $0)) \(Budget.words(for: $0.span))" }.joined(separator: ", ")
    }

    private static func words(for span: (count: Int64, unit: Quota.Unit)) -> String {
        switch span {
        case (1, .hour): "an hour"
        case (1, .second): "every second"
        case (1, let unit): "a \(unit)"
        case (let count, let unit): "every \(count) \(unit)s"
        }
    }
}

/// Why quotas cannot be kept by what is to be sent.
public enum BudgetError: Error, Equatable {
    /// Nothing limits anything.
    case noQuota
    /// An event costs 1 to 1000 calls.
    case costOutOfRange(Int)
    /// Seconds that lie behind the window.
    case guardBelowZero(seconds: Int64)
    /// It leaves nothing of a window, or nothing of a day.
    case guardTooLong(seconds: Int64, Quota)
    /// An event costs more calls than a window has.
    case neverFits(Quota, usable: Int, cost: Int)
}

extension BudgetError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .noQuota: "no quota: nothing to keep"
        case .costOutOfRange(let cost):
            "cost of an event: not \(Budget.costs.lowerBound) to \(Budget.costs.upperBound) calls: \(cost)"
        case .guardBelowZero(let seconds): "guard: below zero: \(seconds)s"
        case .guardTooLong(let seconds, let quota):
            "guard: not shorter than \(quota.seconds > Quota.day ? "a day" : "a window of \(quota)"): \(seconds)s"
        case .neverFits(let quota, let usable, let cost):
            "quota \(quota): no event fits: it costs \(cost), and \(usable) of \(quota.limit) are usable"
        }
    }
}
