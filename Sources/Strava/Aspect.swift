/// What became of an activity. Source: developers.strava.com/docs/webhooks, `aspect_type`.
public enum Aspect: String, Sendable, CaseIterable {
    /// It is new.
    case create
    /// Its title, its type or who may see it is another.
    case update
    /// It is gone.
    case delete

    /// As events have it.
    var text: StaticString {
        switch self {
        case .create: "create"
        case .update: "update"
        case .delete: "delete"
        }
    }
}

/// Which moment an event has for its own, where somebody chooses.
public enum EventTime: String, Sendable, CaseIterable {
    /// The one at which the activity began.
    case startDate = "start-date"
    /// The one at which the event is made.
    case now
}
