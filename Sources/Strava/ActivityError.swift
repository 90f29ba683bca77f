public import NDJSON

/// Why a record is not an activity. Facts here, words below; FilterKit adds the tool and the line.
public enum ActivityError: Error, Equatable {
    /// The line is no JSON object.
    case notJSON(JSONError)
    /// The field is not there, or null.
    case missing(field: String)
    /// The field holds something that cannot be an id.
    case notAnID(field: String, Excerpt)
    /// The field holds something that is no moment.
    case notATimestamp(field: String, Excerpt)
    /// The field holds another kind of value than a string.
    case notAText(field: String, Excerpt)
    /// The field says neither yes nor no.
    case notABoolean(field: String, Excerpt)
}

extension ActivityError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .missing(let field): "\(field): missing"
        case .notAnID(let field, let text): "\(field): not an id (1 to \(Int64.max)): \(text)"
        case .notATimestamp(let field, let text): "\(field): not a timestamp: \(text)"
        case .notAText(let field, let text): "\(field): not a string: \(text)"
        case .notABoolean(let field, let text): "\(field): neither true nor false: \(text)"
        }
    }
}
