import NDJSON

/// What an update tells of an activity: each of the three that its record has, whether it changed or not.
///
/// Source: developers.strava.com/docs/webhooks, `updates`: "title", "type" and "private", which is "true" or "false".
struct Updates {
    enum Member {
        /// A string whose text stays as it stood, its escapes included.
        case title(JSONValue)
        /// The same for the type.
        case type(JSONValue)
        /// Whether only its owner sees it.
        case isPrivate(Bool)
    }

    // A list, and not three that may be there or not: it goes with each event, most events are no updates, and nothing
    // is copied faster than an empty list.
    private var members: [Member] = []

    /// Whether it tells nothing.
    var isEmpty: Bool { members.isEmpty }

    /// Tells one thing more.
    mutating func append(_ member: Member) { members.append(member) }

    /// The object, its keys in the order in which they were appended.
    func write(to text: inout JSONText) {
        text.object { text in
            for member in members {
                switch member {
                case .title(let title): text.member("title", title)
                case .type(let type): text.member("type", type)
                case .isPrivate(let isPrivate): text.member("private", plain: isPrivate ? "true" : "false")
                }
            }
        }
    }
}
