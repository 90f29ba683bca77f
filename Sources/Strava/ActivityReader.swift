public import NDJSON

/// Reads of records what the events of one run are made of, and passes over all else.
///
/// A record may be a reference, or a row of any of the activity tables. A field that is null counts as missing.
public struct ActivityReader {
    // The better name first, in all of them.
    /// When a row of the deleted activities says that it happened: Strava's own time, else that of the row.
    private static let deletionTimes = ["deletion_event_time", "deleted_at"]
    /// `type` is what events call it too, though it says Ride where `sport_type` says GravelRide.
    private static let types = ["type", "activity_type", "sport_type"]
    private static let sports = ["sport_type", "activity_type", "type"]

    /// A field that is wanted, and where it stands among those that are found.
    private struct Column {
        let slot: Int
        let name: String
    }

    private let paths: FieldPaths
    // The ids come before them.
    private let times: [Column]
    private let update: (title: [Column], type: [Column], isPrivate: [Column])?
    private let sports: [Column]
    private let now: () -> Timestamp

    /// - Parameters:
    ///   - aspect: What the events are to tell.
    ///   - time: When that was; nil for what the record says: when it was deleted, for a deletion whose record has that,
    ///     else when the activity began.
    ///   - namesSports: Whether somebody asks for `Activity.sport`.
    ///   - now: Asked once for each event that has the time at which it is made.
    public init(
        for aspect: Aspect, at time: EventTime? = nil, namesSports: Bool = false, now: @escaping () -> Timestamp
    ) {
        var names = ["id", "athlete.id", "athlete_id"]
        func columns(_ wanted: [String]) -> [Column] {
            wanted.map { name in
                if !names.contains(name) { names.append(name) }
                return Column(slot: names.firstIndex(of: name) ?? 0, name: name)
            }
        }
        switch time {
        case .now: times = []
        case nil where aspect == .delete: times = columns(ActivityReader.deletionTimes + ["start_date"])
        case nil, .startDate: times = columns(["start_date"])
        }
        update =
            aspect == .update ? (columns(["name"]), columns(ActivityReader.types), columns(["private"])) : nil
        sports = namesSports ? columns(ActivityReader.sports) : []
        paths = FieldPaths(names)
        self.now = now
    }

    /// The activity that `line` tells of.
    ///
    /// `athlete.id` wins over `athlete_id`; an `athlete` without an id leaves `athlete_id`.
    public func activity(in line: Line) throws(ActivityError) -> Activity {
        let fields: Fields
        do throws(JSONError) {
            fields = try line.fields(at: paths)
        } catch {
            throw .notJSON(error)
        }
        let id = try ActivityReader.id(fields[0], field: "id")
        let athleteID: Int64
        if let nested = fields[1], nested.kind != .null {
            athleteID = try ActivityReader.id(nested, field: "athlete.id")
        } else {
            athleteID = try ActivityReader.id(fields[2], field: "athlete_id")
        }
        return Activity(
            id: id, athleteID: athleteID, time: try time(fields), updates: try updates(fields),
            sport: ActivityReader.first(of: sports, in: fields)?.value.string)
    }

    private static func id(_ value: JSONValue?, field: String) throws(ActivityError) -> Int64 {
        guard let value, value.kind != .null else { throw .missing(field: field) }
        guard let id = value.id else { throw .notAnID(field: field, value.excerpt) }
        return id
    }

    private func time(_ fields: Fields) throws(ActivityError) -> Timestamp {
        guard !times.isEmpty else { return now() }
        guard let (value, field) = ActivityReader.first(of: times, in: fields) else {
            throw .missing(field: times.map(\.name).joined(separator: " or "))
        }
        guard let time = value.timestamp else { throw .notATimestamp(field: field, value.excerpt) }
        return time
    }

    private func updates(_ fields: Fields) throws(ActivityError) -> Updates {
        guard let update else { return Updates() }
        return Updates(
            title: try ActivityReader.text(ActivityReader.first(of: update.title, in: fields)),
            type: try ActivityReader.text(ActivityReader.first(of: update.type, in: fields)),
            isPrivate: try ActivityReader.boolean(ActivityReader.first(of: update.isPrivate, in: fields)))
    }

    private static func text(_ found: (value: JSONValue, field: String)?) throws(ActivityError) -> JSONValue? {
        guard let (value, field) = found else { return nil }
        guard value.kind == .string else { throw .notAText(field: field, value.excerpt) }
        return value
    }

    /// `true` and `false`, and the same as strings, which is how `bq query --format=json` writes them.
    private static func boolean(_ found: (value: JSONValue, field: String)?) throws(ActivityError) -> Bool? {
        guard let (value, field) = found else { return nil }
        switch value.string ?? value.text {
        case "true": return true
        case "false": return false
        default: throw .notABoolean(field: field, value.excerpt)
        }
    }

    /// The first of `columns` that the record has.
    private static func first(of columns: [Column], in fields: Fields) -> (value: JSONValue, field: String)? {
        for column in columns {
            if let value = fields[column.slot], value.kind != .null { return (value, column.name) }
        }
        return nil
    }
}
