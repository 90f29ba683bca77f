import ArgumentParser
import Delivery
import FilterKit

/// What the other side may be asked in how long, by all runs together.
struct QuotaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Spend no more calls, as 100/15m; may be given again.",
            valueName: "n/window"),
        transform: Quota.init)
    var quota: [Quota] = []

    @Option(
        help: ArgumentHelp(
            "Keep account of the calls in this file.", valueName: "file"), completion: .file())
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "Count each attempt as so many calls (else BACKFILL_COST_PER_EVENT, or 1).", valueName: "n",
            visibility: .rare))
    var costPerEvent: Int?

    @Option(
        help: ArgumentHelp(
            "Leave this part of each quota to live traffic, as 20% (else BACKFILL_RESERVE, or 0%).",
            valueName: "percentage", visibility: .rare),
        transform: Reserve.init)
    var reserve: Reserve?

    @Option(
        name: .customLong("guard"),
        help: ArgumentHelp(
            "Send nothing in the last moments of a window, whose calls would be made in the next one (default: 30s).",
            valueName: "duration", visibility: .rare),
        transform: { $0 == "0s" ? .zero : try Duration(option: $0) })
    var lastMoments: Duration?

    @Flag(help: "Wait for the next window when a quota is spent.")
    var wait = false

    func validate() throws {
        guard ledger != "" else { throw ValidationError("--ledger: empty") }
        guard costPerEvent.map(Budget.costs.contains) ?? true else {
            throw ValidationError(
                "--cost-per-event: not \(Budget.costs.lowerBound) to \(Budget.costs.upperBound): \(costPerEvent ?? 0)")
        }
    }

    /// What may be spent, and where account of it is kept; nil where there is no quota. Throws `Stop`.
    func account(_ settings: Settings) throws -> Account? {
        let setting = settings["BACKFILL_QUOTA"]
        let quotas = quota.isEmpty ? try setting.map { try settings.parse($0, Quota.list) } ?? [] : quota
        guard !quotas.isEmpty else {
            try refuseWhatNeedsAQuota(settings)
            return nil
        }
        guard let path = try ledger ?? value("BACKFILL_LEDGER", settings, QuotaOptions.absolutePath) else {
            throw Stop(
                .usage, "--quota: --ledger is missing: what is spent must be remembered",
                wayOut: "give --ledger FILE, or BACKFILL_LEDGER, the same to all that use the same Strava application; "
                    + "without it backfill-activities has one in the folder of its state directories")
        }
        let cost = try costPerEvent ?? value("BACKFILL_COST_PER_EVENT", settings) { try Budget.cost($0) } ?? 1
        let reserve = try self.reserve ?? value("BACKFILL_RESERVE", settings) { try Reserve($0) } ?? .none
        do {
            let seconds = lastMoments?.components.seconds ?? 30
            return Account(
                budget: try Budget(quotas, cost: cost, reserve: reserve, guardSeconds: seconds), path: path)
        } catch {
            throw Stop(
                quota.isEmpty ? .configuration : .usage, "\(error)",
                wayOut: "see --quota, --cost-per-event, --reserve and --guard")
        }
    }

    private func value<Value>(
        _ key: String, _ settings: Settings, _ parse: (String) throws -> Value
    ) throws -> Value? {
        try settings[key].map { try settings.parse($0, parse) }
    }

    /// Cron and a shell stand in different folders, and would keep account each in a file of its own.
    private static func absolutePath(_ text: String) throws -> String {
        guard text.hasPrefix("/") else { throw ValidationError("not an absolute path: \(text)") }
        return text
    }

    /// An option that somebody believes in must not be without effect.
    private func refuseWhatNeedsAQuota(_ settings: Settings) throws {
        for key in ["BACKFILL_COST_PER_EVENT", "BACKFILL_RESERVE"] {
            guard let setting = settings[key] else { continue }
            throw Stop(
                .configuration, "\(setting.origin): \(key): not used: there is no quota",
                wayOut: "set BACKFILL_QUOTA, as 100/15m,1000/1d")
        }
        let given = [
            ("--ledger", ledger != nil), ("--cost-per-event", costPerEvent != nil), ("--reserve", reserve != nil),
            ("--guard", lastMoments != nil),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        throw Stop(.usage, "\(option): not used: there is no quota", wayOut: "give --quota, as 100/15m")
    }
}

extension Quota {
    /// As an env-file has them: `100/15m,1000/1d`.
    fileprivate static func list(_ text: String) throws -> [Quota] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { try Quota(String($0)) }
    }
}

extension Budget {
    fileprivate static func cost(_ text: String) throws -> Int {
        guard let cost = Int(text), Budget.costs.contains(cost) else {
            throw ValidationError("not \(Budget.costs.lowerBound) to \(Budget.costs.upperBound): \(text)")
        }
        return cost
    }
}
