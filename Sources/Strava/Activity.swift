public import NDJSON

/// What a webhook event needs to know of an activity.
public struct Activity: Equatable {
    /// Strava's id of the activity.
    public let id: Int64
    /// Strava's id of the athlete who owns it.
    public let athleteID: Int64
    /// When it began.
    public let startDate: Timestamp

    // The order is that of the indices below.
    private static let paths = FieldPaths(["id", "athlete.id", "athlete_id", "start_date"])

    /// Reads a reference, or a row of any of the activity tables: all other fields may be there or not.
    ///
    /// `athlete.id` wins over `athlete_id`; an `athlete` without an id leaves `athlete_id`. A field that is null counts
    /// as missing.
    public init(_ line: Line) throws(ActivityError) {
        let fields: Fields
        do throws(JSONError) {
            fields = try line.fields(at: Activity.paths)
        } catch {
            throw .notJSON(error)
        }
        id = try Activity.id(fields[0], field: "id")
        if let nested = fields[1], nested.kind != .null {
            athleteID = try Activity.id(nested, field: "athlete.id")
        } else {
            athleteID = try Activity.id(fields[2], field: "athlete_id")
        }
        startDate = try Activity.timestamp(fields[3], field: "start_date")
    }

    private static func id(_ value: JSONValue?, field: String) throws(ActivityError) -> Int64 {
        guard let value, value.kind != .null else { throw .missing(field: field) }
        guard let id = value.id else { throw .notAnID(field: field, value.excerpt) }
        return id
    }

    private static func timestamp(_ value: JSONValue?, field: String) throws(ActivityError) -> Timestamp {
        guard let value, value.kind != .null else { throw .missing(field: field) }
        guard let timestamp = value.timestamp else { throw .notATimestamp(field: field, value.excerpt) }
        return timestamp
    }
}
