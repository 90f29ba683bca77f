public import NDJSON

/// An event as Strava's webhook sends it. Source: developers.strava.com/docs/webhooks.
///
/// It is readable as long as the activity that it is made of.
public struct WebhookEvent: JSONRecord {
    /// What became of the activity.
    public let aspect: Aspect
    /// The activity that the event is about.
    public let objectID: Int64
    /// The athlete who owns it.
    public let ownerID: Int64
    /// The push subscription that the event claims to come from.
    public let subscriptionID: Int64
    /// When it happened, in Unix seconds.
    public let eventTime: Int64
    /// What an update tells.
    let updates: Updates

    /// Whether it tells that something changed, and not what.
    public var isEmptyUpdate: Bool { aspect == .update && updates.isEmpty }

    /// The event that Strava would have sent when that became of `activity`.
    public init(_ aspect: Aspect, of activity: Activity, subscriptionID: Int64) {
        self.aspect = aspect
        objectID = activity.id
        ownerID = activity.athleteID
        self.subscriptionID = subscriptionID
        eventTime = activity.time.unixSeconds
        updates = activity.updates
    }

    /// One object, its keys in Strava's order.
    public func write(to text: inout JSONText) {
        text.object {
            $0.member("object_type", plain: "activity")
            $0.member("object_id", objectID)
            $0.member("aspect_type", plain: aspect.text)
            $0.member("owner_id", ownerID)
            $0.member("subscription_id", subscriptionID)
            $0.member("event_time", eventTime)
            // Part of every event, empty for a new activity: the pipeline behind the dispatcher drops an event without
            // it, and says nothing.
            $0.key("updates")
            updates.write(to: &$0)
        }
    }
}
