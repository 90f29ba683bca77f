import ArgumentParser
import Delivery
import FilterKit

/// How fast, how far, how stubbornly.
struct PaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send no faster, as 2, 100/15m or 1000/1d (default: 2).", valueName: "rate"),
        transform: Rate.init)
    var rateLimit: Rate?

    @Option(help: ArgumentHelp("Try each event so often in a run.", valueName: "n", visibility: .rare))
    var maxAttempts = 5

    @Option(
        help: ArgumentHelp(
            "Stop when so many events in a row used up their attempts.", valueName: "n", visibility: .rare))
    var breaker = 5

    @Option(help: ArgumentHelp("Try at most so many events.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp("Begin no attempt after this long.", valueName: "duration", visibility: .rare),
        transform: Duration.init(option:))
    var maxRuntime: Duration?

    func validate() throws {
        for (option, value) in [("--max-attempts", maxAttempts), ("--breaker", breaker), ("--limit", limit ?? 1)] {
            guard value > 0 else { throw ValidationError("\(option): not above zero: \(value)") }
        }
    }

    /// From the option, else from the environment that was named, else from the process's own.
    func rate(_ settings: Settings) throws -> Rate {
        if let rateLimit { return rateLimit }
        guard let setting = settings["BACKFILL_RATE_LIMIT"] else { return .usual }
        return try settings.parse(setting) { try Rate($0) }
    }

    func limits(from start: Duration, retriesFailed: Bool, waitsForQuota: Bool) -> DeliveryLimits {
        var limits = DeliveryLimits()
        limits.attempts = maxAttempts
        limits.breaker = breaker
        limits.events = limit
        limits.deadline = maxRuntime.map { start + $0 }
        limits.retriesFailed = retriesFailed
        limits.waitsForQuota = waitsForQuota
        return limits
    }
}
