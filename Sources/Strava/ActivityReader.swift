public import NDJSON

/// Reads of records what the events of one run are made of, and passes over all else.
///
/// A record may be a reference, or a row of any of the activity tables. A field that is null counts as missing.
public struct ActivityReader {
    // The better name first, in all of them.
    /// When a row of the deleted activities says that it happened: Strava's own time, else that of the row.
    private static let deletionTimes = ["deletion_event_time", "deleted_at"] as [StaticString]
    /// `type` is what events call it too, though it says Ride where `sport_type` says GravelRide.
    private static let types = ["type", "activity_type", "sport_type"] as [StaticString]
    private static let sports = ["sport_type", "activity_type", "type"] as [StaticString]

    private let paths: FieldPaths
    // The ids come before them.
    private let times: [Column]
    private let isUpdate: Bool
    private let titles: [Column]
    private let types: [Column]
    private let privacies: [Column]
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
        func columns(_ wanted: [StaticString]) -> [Column] {
            wanted.map { name in
                let slot = names.firstIndex(of: "\(name)") ?? names.count
                if slot == names.count { names.append("\(name)") }
                return Column(slot: slot, name: name)
            }
        }
        switch time {
        case .now: times = []
        case nil where aspect == .delete: times = columns(ActivityReader.deletionTimes + ["start_date"])
        case nil, .startDate: times = columns(["start_date"])
        }
        isUpdate = aspect == .update
        titles = isUpdate ? columns(["name"]) : []
        types = isUpdate ? columns(ActivityReader.types) : []
        privacies = isUpdate ? columns(["private"]) : []
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
            sport: sports.isEmpty ? nil : Found(sports, in: fields)?.value.string)
    }

    private static func id(_ value: JSONValue?, field: String) throws(ActivityError) -> Int64 {
        guard let value, value.kind != .null else { throw .missing(field: field) }
        guard let id = value.id else { throw .notAnID(field: field, value.excerpt) }
        return id
    }

    private func time(_ fields: Fields) throws(ActivityError) -> Timestamp {
        guard !times.isEmpty else { return now() }
        // Not by `Found`: this is done for each event, and a value that is handed on is a value counted.
        for column in times {
            guard let value = fields[column.slot], value.kind != .null else { continue }
            guard let time = value.timestamp else {
                throw .notATimestamp(field: "\(column.name)", value.excerpt)
            }
            return time
        }
        throw .missing(field: times.map { "\($0.name)" }.joined(separator: " or "))
    }

    private func updates(_ fields: Fields) throws(ActivityError) -> Updates {
        var updates = Updates()
        guard isUpdate else { return updates }
        if let title = Found(titles, in: fields) { updates.append(.title(try title.text())) }
        if let type = Found(types, in: fields) { updates.append(.type(try type.text())) }
        if let isPrivate = Found(privacies, in: fields) { updates.append(.isPrivate(try isPrivate.boolean())) }
        return updates
    }
}

/// A field that is wanted, and where it stands among those that are found.
private struct Column {
    let slot: Int
    let name: StaticString
}

/// What the record has under the best of some names.
private struct Found {
    let value: JSONValue
    private let name: StaticString

    /// Nil when it has none of them.
    init?(_ columns: [Column], in fields: Fields) {
        for column in columns {
            guard let value = fields[column.slot], value.kind != .null else { continue }
            self.value = value
            name = column.name
            return
        }
        return nil
    }

    /// The name, for an error.
    var field: String { "\(name)" }

    func text() throws(ActivityError) -> JSONValue {
        guard value.kind == .string else { throw .notAText(field: field, value.excerpt) }
        return value
    }

    /// `true` and `false`, and the same as strings, which is how `bq query --format=json` writes them.
    func boolean() throws(ActivityError) -> Bool {
        switch value.string ?? value.text {
        case "true": return true
        case "false": return false
        default: throw .notABoolean(field: field, value.excerpt)
        }
    }
}
