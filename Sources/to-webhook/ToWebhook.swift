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

    @OptionGroup var kind: EventOptions
    @OptionGroup var subscription: SubscriptionOptions
    @OptionGroup var common: CommonOptions

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        let subscriptionID = try subscription.id(edge)
        let reader = kind.reader(edge)
        var count = 0
        var hasWarned = false
        while let line = try edge.nextLine() {
            let activity: Activity
            do {
                activity = try reader.activity(in: line)
            } catch {
                try edge.skip(line, error)
                continue
            }
            let event = WebhookEvent(kind.aspectType, of: activity, subscriptionID: subscriptionID)
            try edge.write(event)
            count += 1
            if event.isEmptyUpdate, !hasWarned {
                edge.warn(
                    of: line, "updates: empty: neither name, type nor private: receivers may pass over such events")
                hasWarned = true
            }
        }
        try edge.flush()
        if edge.skipped > 0 {
            edge.diagnostics.note(edge.balance(count, "event"))
        }
        return edge.skipped == 0 ? .done : .failures
    }
}
