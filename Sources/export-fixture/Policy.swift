import Hashing
import NDJSON

/// What becomes of a column's values.
enum Treatment: Equatable {
    /// Numbers, booleans, times and single words stay as they are; a text could say anything, and goes.
    case keep
    /// Texts stay too.
    case keepText
    /// An id becomes a fake one.
    case hash
    /// Whatever the value is, this stands in its place: JSON text, parted where the fake id of its object comes.
    case replace([String])
    /// The member goes, with all that it holds.
    case remove
}

/// The columns that may be in a fixture, and what becomes of each. What is not listed is not in the fixture.
struct Policy {
    /// A column, under its key.
    indirect enum Column {
        /// An object, or an array of objects.
        case group(Group)
        /// A single value, or an array of them.
        case value(Treatment, path: String)
    }

    /// The columns of an object.
    struct Group {
        /// Keys separated by dots; empty for the record itself.
        let path: String
        private(set) var columns: [String: Column] = [:]
    }

    private(set) var root = Group(path: "")
    /// Of the document, so that a fixture can say which policy made it.
    let sha256: String

    /// BigQuery has 15 levels.
    private static let deepest = 100

    /// A JSON object: for each path what becomes of it. Keys that begin with `#` are remarks.
    ///
    /// `"keep"`, `"keep text"`, `"hash"`, `"remove"`, or `{"replace": VALUE}`, where a `#` in a text stands for the fake id
    /// of the object that the column is in.
    init(_ document: [UInt8]) throws(PolicyError) {
        sha256 = hexadecimal(Checksum.digest(of: document))
        let policy: JSONValue
        do { policy = try JSONValue(parsing: document) } catch { throw PolicyError(error, in: document) }
        guard policy.kind == .object else { throw .notAnObject(policy.excerpt) }
        try policy.forEachMember { path, value throws(PolicyError) in
            guard !path.hasPrefix("#") else { return }
            guard let treatment = Treatment(value) else { throw .noTreatment(Excerpt(path), value.excerpt) }
            let keys = path.split(separator: ".", omittingEmptySubsequences: false)
            guard !keys.contains(""), keys.count <= Policy.deepest else { throw .noPath(Excerpt(path)) }
            try root.add(keys[...], treatment)
        }
    }
}

extension Policy.Group {
    /// Adds the column that `keys` lead to.
    fileprivate mutating func add(_ keys: ArraySlice<Substring>, _ treatment: Treatment) throws(PolicyError) {
        guard let first = keys.first.map(String.init) else { return }
        let path = path.isEmpty ? first : "\(path).\(first)"
        switch (columns[first], keys.count) {
        case (nil, 1): columns[first] = .value(treatment, path: path)
        case (nil, _):
            var group = Policy.Group(path: path)
            try group.add(keys.dropFirst(), treatment)
            columns[first] = .group(group)
        case (.group(var group), 2...):
            try group.add(keys.dropFirst(), treatment)
            columns[first] = .group(group)
        case (.value, 1): throw .twice(Excerpt(path))
        case (.value, _), (.group, _): throw .wholeAndParts(Excerpt(path))
        }
    }
}

extension Treatment {
    /// Nil for anything that is none.
    fileprivate init?(_ value: JSONValue) {
        switch value.string {
        case "keep": self = .keep
        case "keep text": self = .keepText
        case "hash": self = .hash
        case "remove": self = .remove
        case _?: return nil
        case nil:
            var members: [(key: String, value: JSONValue)] = []
            value.forEachMember { members.append(($0, $1)) }
            guard members.count == 1, members[0].key == "replace" else { return nil }
            var text = JSONText()
            text.value(members[0].value)
            let isText = members[0].value.kind == .string
            let parts = text.string.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
            self = .replace(isText ? parts : [text.string])
        }
    }
}

/// Why a document is not a policy.
enum PolicyError: Error, Equatable {
    case notJSON(JSONError.Flaw, line: Int)
    case tooDeep
    case notAnObject(Excerpt)
    /// A key is empty, or there are too many.
    case noPath(Excerpt)
    case noTreatment(Excerpt, Excerpt)
    case twice(Excerpt)
    /// A column has a treatment, and so have columns in it.
    case wholeAndParts(Excerpt)
}

extension PolicyError: CustomStringConvertible {
    fileprivate init(_ error: JSONError, in document: [UInt8]) {
        switch error {
        case .syntax(let flaw, let column):
            let before = document.prefix(max(0, column - 1))
            self = .notJSON(flaw, line: 1 + before.count { $0 == UInt8(ascii: "\n") })
        case .notAnObject(let text): self = .notAnObject(text)
        case .tooDeep: self = .tooDeep
        }
    }

    /// `where: what: why`, on one line, without advice.
    var description: String {
        switch self {
        case .notJSON(let flaw, let line): "line \(line): not JSON: \(flaw)"
        case .tooDeep: "\(JSONError.tooDeep)"
        case .notAnObject(let text): "not a JSON object: \(text)"
        case .noPath(let path): "\"\(path)\": not a column: expected keys with dots between, as athlete.id"
        case .noTreatment(let path, let text):
            "\(path): not a treatment: \(text): expected \"keep\", \"keep text\", \"hash\", \"remove\" or {\"replace\": VALUE}"
        case .twice(let path): "\(path): stands twice"
        case .wholeAndParts(let path): "\(path): stands as a whole, and columns in it stand too"
        }
    }
}
