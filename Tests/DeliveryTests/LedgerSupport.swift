import Foundation
import NDJSON
import TestSupport

@testable import Delivery

extension Budget {
    /// Forty events every quarter of an hour, 400 a day: what the backfill of Strava's activities has.
    static func usual() throws -> Budget {
        try Budget([Quota("100/15m"), Quota("1000/1d")], cost: 2, reserve: Reserve("20%"))
    }

    /// Some budget of one to three quotas.
    static func random(_ chance: inout SeededGenerator) -> Budget {
        while true {
            let quotas = (0...Int.random(in: 0...2, using: &chance)).compactMap { _ in
                let window = ["1s", "9s", "1m", "7m", "15m", "1h", "5h", "1d", "2d", "3d"].randomElement(using: &chance)
                return try? Quota("\(Int.random(in: 1...60, using: &chance))/\(window ?? "1d")")
            }
            let reserve = ["0%", "20%", "12.5%", "50%"].randomElement(using: &chance) ?? "0%"
            let budget = try? Budget(
                quotas, cost: Int.random(in: 1...4, using: &chance), reserve: Reserve(reserve),
                guardSeconds: [0, 1, 30, 300].randomElement(using: &chance) ?? 0)
            if let budget { return budget }
        }
    }
}

/// What a ledger's file says, read by other means: each line's time and calls.
func charges(_ path: String) -> [(time: Timestamp, calls: Int)] {
    struct Record: Decodable {
        let time: String
        let charge: Int
    }
    return path.fileContents.split(separator: "\n").dropFirst().compactMap { line in
        (try? JSONDecoder().decode(Record.self, from: Data(line.utf8))).map { (instant($0.time), $0.charge) }
    }
}

/// The most that any window of `quota` was charged with, counted line by line.
func mostUsed(_ quota: Quota, _ path: String) -> Int {
    var used: [Quota.Window: Int] = [:]
    for (time, calls) in charges(path) { used[quota.window(at: time.unixSeconds), default: 0] += calls }
    return used.values.max() ?? 0
}

extension Ledger.Charging {
    var charge: Ledger.Charge? {
        if case .charged(let charge) = self { charge } else { nil }
    }

    var isBusy: Bool { self == .busy }
}
