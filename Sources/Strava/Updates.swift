import NDJSON

/// What an update tells of an activity: each of the three that its record has, whether it changed or not.
///
/// Source: developers.strava.com/docs/webhooks, `updates`: "title", "type" and "private", which is "true" or "false".
struct Updates {
    /// A string whose text stays as it stood, its escapes included.
    var title: JSONValue?
    /// The same for the type.
    var type: JSONValue?
    /// Whether only its owner sees it.
    var isPrivate: Bool?

    /// Whether it tells nothing.
    var isEmpty: Bool { title == nil && type == nil && isPrivate == nil }

    /// The object, its keys in the order of Strava's documentation.
    func write(to text: inout JSONText) {
        text.object {
            if let title { $0.member("title", title) }
            if let type { $0.member("type", type) }
            if let isPrivate { $0.member("private", plain: isPrivate ? "true" : "false") }
        }
    }
}
