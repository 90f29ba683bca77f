public import NDJSON

/// What an event needs to know of an activity: a view of its record, readable until the next line is asked for.
public struct Activity {
    /// Strava's id of the activity.
    public let id: Int64
    /// Strava's id of the athlete who owns it.
    public let athleteID: Int64
    /// When that happened to it which the event tells.
    public let time: Timestamp
    /// What an update tells of it; nothing for other events.
    let updates: Updates
    /// What sport it is, the finer name where there are two; nil where the record does not say so in a text, and when
    /// the reader was not to look.
    public let sport: String?
}
