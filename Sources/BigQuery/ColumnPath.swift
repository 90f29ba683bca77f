import NDJSON

/// A column, or a field inside one: `athlete.id`.
public struct ColumnPath: Hashable, Sendable {
    /// The names on the way, from the column inwards; at least one.
    public let parts: [String]

    /// Names separated by dots. BigQuery's flexible names are taken; what could end a quoted name is not.
    /// Source: cloud.google.com/bigquery/docs/schemas#column_names.
    public init(_ text: String) throws(NameError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy(ColumnPath.isName) else { throw .notAColumn(Excerpt(text)) }
        self.parts = parts
    }

    /// The path as it stands in GoogleSQL, each part between backticks; behind the table's alias when one is given.
    public func sql(in alias: String? = nil) -> String {
        ((alias.map { [$0] } ?? []) + parts.map { "`\($0)`" }).joined(separator: ".")
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.count <= 300
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: !"!\"$()*,./;?@[\\]^`{}~".unicodeScalars.contains(scalar)
                }
            }
    }
}

extension ColumnPath: CustomStringConvertible {
    /// `athlete.id`.
    public var description: String { parts.joined(separator: ".") }
}
