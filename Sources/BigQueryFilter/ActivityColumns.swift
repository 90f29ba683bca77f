public import BigQuery

/// Why a table cannot be one of activities. Facts here, words below.
public enum ColumnError: Error, Equatable {
    /// The table has none of these columns.
    case missing(TableName, [String])
    /// The column has another type than it must have.
    case type(TableName, ColumnPath, FieldType, expected: FieldType)
    /// The column, or a record that it is in, is an array.
    case isArray(TableName, ColumnPath)
}

extension ColumnError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .missing(let table, let names): "\(table): no column \(names.joined(separator: " or "))"
        case .type(let table, let column, let type, let expected):
            "\(table): \(column): is \(type): expected \(expected)"
        case .isArray(let table, let column): "\(table): \(column): is an array: expected one value"
        }
    }
}

extension Table {
    /// The one value for each row that stands in the first of `names` that the table has, in the schema's spelling.
    ///
    /// Throws when it has none of them, or that one is an array or not of `type`.
    public func column(_ names: [String], _ type: FieldType) throws(ColumnError) -> ColumnPath {
        guard let column = try columns(names, type).first else { throw .missing(name, names) }
        return column
    }

    /// As `column`, but all of `names` that the table has; none when it has none.
    public func columns(_ names: [String], _ type: FieldType) throws(ColumnError) -> [ColumnPath] {
        var columns: [ColumnPath] = []
        for text in names {
            guard let wanted = try? ColumnPath(text), let trail = schema.trail(to: wanted), let field = trail.last,
                let path = try? ColumnPath(trail.map(\.name).joined(separator: "."))
            else { continue }
            guard !trail.contains(where: \.isRepeated) else { throw .isArray(name, path) }
            guard field.type == type else { throw .type(name, path, field.type, expected: type) }
            columns.append(path)
        }
        return columns
    }
}

/// The names that the columns of activities go by, the better one first.
public enum ActivityColumn {
    /// The activity's id.
    public static let id = ["id"]
    /// Whose activity it is.
    public static let athlete = ["athlete.id", "athlete_id"]
    /// When it began.
    public static let startDate = ["start_date"]
    /// What sport it is; the first is the finer one.
    public static let type = ["sport_type", "activity_type", "type"]
    /// When the row was changed last.
    public static let updated = ["updated_at"]
}
