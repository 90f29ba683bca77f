public import NDJSON

/// Why a text is no name that BigQuery could know. Facts here, words below.
public enum NameError: Error, Equatable {
    /// Not `project.dataset.table` nor `project:dataset.table`.
    case notThreeParts(Excerpt)
    /// Six to 30 lower case letters, digits and dashes, `example.com:` before them at most.
    case notAProject(Excerpt)
    /// Up to 1,024 letters, digits and underscores.
    case notADataset(Excerpt)
    /// Up to 1,024 bytes of letters, digits, marks, blanks, dashes and underscores.
    case notATable(Excerpt)
    /// Something that looks like a table and is none: a decorator, a wildcard, a view of INFORMATION_SCHEMA.
    case notOneTable(Excerpt)
    /// Not keys separated by dots.
    case notAColumn(Excerpt)
}

extension NameError: CustomStringConvertible {
    /// `what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .notThreeParts(let text): "not PROJECT.DATASET.TABLE: \(text)"
        case .notAProject(let text): "not a project id: \(text)"
        case .notADataset(let text): "not the name of a dataset: \(text)"
        case .notATable(let text): "not the name of a table: \(text)"
        case .notOneTable(let text): "not one whole table: \(text)"
        case .notAColumn(let text): "not the name of a column: \(text)"
        }
    }
}
