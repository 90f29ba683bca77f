import ArgumentParser
import FilterKit
import Strava

/// The push subscription that the events claim to come from: the dispatcher refuses any but its own.
struct SubscriptionOptions: ParsableArguments {
    @Option(
        name: .customLong("subscription-id"),
        help: ArgumentHelp("Subscription that the events claim to come from.", valueName: "n"))
    var number: Int64?

    @Option(
        name: .customLong("subscription-id-file"),
        help: ArgumentHelp(
            "Read that id from this file, of digits or of JSON.", valueName: "file"), completion: .file())
    var file: String?

    @OptionGroup var environment: EnvironmentOptions

    func validate() throws {
        if let number, number <= 0 { throw ValidationError("--subscription-id: not above zero: \(number)") }
        guard number == nil || file == nil else {
            throw ValidationError("--subscription-id, --subscription-id-file: both given: one of them is enough")
        }
        guard file != "-" else {
            throw ValidationError("--subscription-id-file: -: stdin carries the records: name a file")
        }
    }

    /// From the options, else from the environment that was named, else from the process's own.
    func id(_ edge: borrowing Edge) throws -> Int64 {
        // Also where an option gives the id: the name of an environment that is not there is a mistake in any case.
        let settings = try edge.settings(environment)
        if let number { return number }
        if let file { return try read(file, namedBy: "--subscription-id-file", edge) }
        let id = settings.destination("BACKFILL_SUBSCRIPTION_ID")
        let file = settings.destination("BACKFILL_SUBSCRIPTION_ID_FILE")
        switch (id, file) {
        case (let id?, nil): return try settings.parse(id) { try SubscriptionID($0) }.number
        case (nil, let file?): return try read(file.value, namedBy: "\(file.origin): \(file.key)", edge)
        case (let id?, let file?):
            throw Stop(
                .configuration, "\(file.origin): \(file.key): given beside \(id.key)", wayOut: "leave one of them empty"
            )
        case (nil, nil):
            throw Stop(
                .usage, "--subscription-id: missing: the dispatcher refuses events of another subscription",
                wayOut: "give --subscription-id N, or BACKFILL_SUBSCRIPTION_ID in the file of --target-env")
        }
    }

    private func read(_ path: String, namedBy origin: String, _ edge: borrowing Edge) throws -> Int64 {
        let wayOut = "name a file with nothing but the id, or JSON with \(SubscriptionID.key)"
        try edge.requireDistinctFiles([(origin, path)])
        do {
            return try SubscriptionID(contents: edge.contents(of: path, limit: 64 << 10)).number
        } catch let error as SubscriptionIDError {
            throw Stop(.configuration, "\(origin): \(path): \(error)", wayOut: wayOut)
        } catch let stop as Stop {
            throw Stop(stop.status, "\(origin): \(stop.reason)", wayOut: wayOut)
        }
    }
}
