import ArgumentParser
import FilterKit
import Strava

/// Reads activities and writes the webhook events that Strava would have sent for them, in the same order.
@main
struct ToWebhook: Filter {
    static let configuration = CommandConfiguration(
        commandName: "to-webhook",
        abstract: "Turn activities into Strava webhook events.",
        usage: "to-webhook --target-env <name> [<options>] <references.ndjson",
        version: Version.line(of: "to-webhook"))

    @OptionGroup var kind: EventOptions
    @OptionGroup var subscription: SubscriptionOptions
    @OptionGroup var common: CommonOptions

    func filter(_ edge: inout Edge) throws -> ExitStatus {
        let subscriptionID = try subscription.id(edge)
        // Read once: behind its two property wrappers it takes half as long as a record.
        let aspect = kind.aspectType
        // With --verbose alone: every field that is looked for takes time.
        let namesSports = edge.diagnostics.isVerbose
        let reader = kind.reader(edge, namesSports: namesSports)
        var count = 0
        var sports = SportCount()
        var hasWarned = false
        while let line = try edge.nextLine() {
            let activity: Activity
            do {
                activity = try reader.activity(in: line)
            } catch {
                try edge.skip(line, error)
                continue
            }
            let event = WebhookEvent(aspect, of: activity, subscriptionID: subscriptionID)
            try edge.write(event)
            count += 1
            if namesSports { sports.add(activity.sport) }
            if event.isEmptyUpdate, !hasWarned {
                edge.warn(
                    of: line, "updates: empty: neither name, type nor private: receivers may pass over such events")
                hasWarned = true
            }
        }
        try edge.flush()
        if namesSports || edge.skipped > 0 {
            edge.diagnostics.note(edge.balance(count, "event", details: sports.words))
        }
        return edge.skipped == 0 ? .done : .failures
    }
}
