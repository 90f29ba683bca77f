import ArgumentParser
import FilterKit
import Strava

/// Reads activities and writes the webhook events that Strava would have sent for them, in the same order.
@main
struct ToWebhook: Filter {
    static let configuration = CommandConfiguration(
        commandName: "to-webhook",
        abstract: "Turn activities into Strava webhook events.",
        version: Version.text)

    @OptionGroup var subscription: SubscriptionOptions
    @OptionGroup var common: CommonOptions

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        let subscriptionID = try subscription.id(edge)
        var count = 0
        while let line = try edge.nextLine() {
            let activity: Activity
            do {
                activity = try Activity(line)
            } catch {
                try edge.skip(line, error)
                continue
            }
            try edge.write(WebhookEvent(creating: activity, subscriptionID: subscriptionID))
            count += 1
        }
        try edge.flush()
        if edge.skipped > 0 { edge.diagnostics.note(edge.balance(count, "event")) }
        return edge.skipped == 0 ? .done : .failures
    }
}
