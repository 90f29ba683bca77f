import ArgumentParser
import FilterKit

/// The push subscription that the events claim to come from: the dispatcher refuses any but its own.
struct SubscriptionOptions: ParsableArguments {
    @Option(
        name: .customLong("subscription-id"),
        help: ArgumentHelp("Subscription that the events claim to come from.", valueName: "n"))
    var number: Int64?

    @Option(
        name: .customLong("subscription-id-file"),
        help: ArgumentHelp("Read the subscription's id from this file.", valueName: "file"))
    var file: String?

    @OptionGroup var environment: EnvironmentOptions

    func validate() throws {
        if let number, number <= 0 { throw ValidationError("--subscription-id: not above zero: \(number)") }
        guard number == nil || file == nil else {
            throw ValidationError("--subscription-id, --subscription-id-file: both given: one of them is enough")
        }
    }

    /// From the options, else from the environment that was named, else from the process's own.
    func id(_ edge: borrowing Edge) throws -> Int64 {
        if let number { return number }
        if let file { return try read(file, namedBy: "--subscription-id-file", edge) }
        let settings = try edge.settings(environment)
        if let setting = settings.destination("BACKFILL_SUBSCRIPTION_ID") {
            return try settings.parse(setting, SubscriptionID.init).number
        }
        if let setting = settings.destination("BACKFILL_SUBSCRIPTION_ID_FILE") {
            return try read(setting.value, namedBy: "\(setting.origin): \(setting.key)", edge)
        }
        throw Stop(
            .usage, "--subscription-id: missing: the dispatcher refuses events of another subscription",
            wayOut: "give --subscription-id N, or BACKFILL_SUBSCRIPTION_ID in the file of --target-env")
    }

    private func read(_ path: String, namedBy origin: String, _ edge: borrowing Edge) throws -> Int64 {
        let text = try edge.contents(of: path, limit: 4096)
        do { return try SubscriptionID(text).number } catch {
            throw Stop(.configuration, "\(origin): \(path): \(error)")
        }
    }
}

/// An id as it stands in a file or a variable: digits, and white space around them.
struct SubscriptionID {
    let number: Int64

    struct Malformed: Error, CustomStringConvertible {
        var description: String { "not a subscription id: digits were expected, above zero" }
    }

    init(_ text: String) throws(Malformed) {
        let digits = text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        guard text.drop(while: \.isWhitespace).dropFirst(digits.count).allSatisfy(\.isWhitespace),
            let number = Int64(digits), number > 0
        else { throw Malformed() }
        self.number = number
    }
}
