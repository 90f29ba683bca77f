public import NDJSON

/// A line that is an event with an identity: a view, readable until the next line is asked for.
public struct Event {
    /// The line; its bytes are what is sent.
    public let line: Line
    let identity: Identity

    /// What is sent: the line as it stands in the input, without its end.
    public var body: [UInt8] { line.bytes }
    /// The values of the identity's fields, as `activity 101 create`, for a message.
    public var name: Excerpt { identity.name }
    /// The whole record.
    let object: JSONValue
    /// Whether the pipeline behind Strava's webhook would drop the event: it does so with `updates` absent or null.
    let lacksUpdates: Bool
}

/// Finds the events in lines.
struct EventReader {
    private let rule: IdentityRule
    private let paths: FieldPaths
    private var room: [UInt8] = []
    private static let longestIdentity = 64 << 10

    /// - Parameter key: Events stand in this member of the lines; nil where they are the lines.
    init(_ rule: IdentityRule, inside key: String? = nil) {
        self.rule = rule
        let paths = rule.paths + (rule.isWebhook ? ["updates"] : [])
        self.paths = FieldPaths(key.map { key in paths.map { "\(key).\($0)" } } ?? paths)
    }

    /// The event that is `line`.
    mutating func event(_ line: Line) throws(EventError) -> Event {
        let fields: Fields
        do { fields = try line.fields(at: paths) } catch { throw .notJSON(error) }
        let identity = try Identity(fields, rule, room: &room)
        // Its record would be longer than a line of the journal may be, and the event be forgotten.
        guard room.count <= EventReader.longestIdentity else { throw .identityTooLong(bytes: room.count) }
        let updates = rule.isWebhook ? fields[rule.paths.count] : nil
        let lacksUpdates = rule.isWebhook && (updates == nil || updates?.kind == .null)
        return Event(line: line, identity: identity, object: fields.object, lacksUpdates: lacksUpdates)
    }
}

/// Why a line is not an event.
public enum EventError: Error, Equatable {
    /// No JSON object.
    case notJSON(JSONError)
    /// A field of the identity is absent or null.
    case missing(field: String)
    /// A field of the identity is an object or an array.
    case notAScalar(field: String, Excerpt)
    /// The fields of the identity have more bytes than a journal keeps.
    case identityTooLong(bytes: Int)
    /// The id is no integer above zero.
    case notAnID(field: String, Excerpt)
}

extension EventError: CustomStringConvertible {
    /// `where: what: why`.
    public var description: String {
        switch self {
        case .notJSON(let error): "\(error)"
        case .missing(let field): "\(field): missing"
        case .notAScalar(let field, let text): "\(field): neither a text nor a number: \(text)"
        case .identityTooLong(let bytes): "too long to be told apart by: \(bytes) bytes in the fields of the identity"
        case .notAnID(let field, let text): "\(field): not an id (1 to \(Int64.max)): \(text)"
        }
    }
}
