import BigQuery

/// A part of a schema as the list of a SELECT: records keep their shape, whatever is left out of them.
struct SelectList {
    /// The expressions, each with its name, in the schema's order.
    let sql: String

    /// What `paths` lead to, out of the columns of the table `alias`.
    init(_ paths: [ColumnPath], of schema: Schema, in alias: String) {
        var list = SelectList.Builder()
        sql = list.items(schema.fields, paths.map(\.parts), in: alias).joined(separator: ", ")
    }

    private struct Builder {
        /// Each array that is unnested needs names of its own.
        private var depth = 0

        mutating func items(_ fields: [Field], _ paths: [[String]], in parent: String) -> [String] {
            fields.compactMap { field in
                let below = paths.filter { $0.first?.lowercased() == field.name.lowercased() }.map {
                    Array($0.dropFirst())
                }
                guard !below.isEmpty else { return nil }
                return "\(value(field, below, in: parent)) AS `\(field.name)`"
            }
        }

        private mutating func value(_ field: Field, _ below: [[String]], in parent: String) -> String {
            let path = "\(parent).`\(field.name)`"
            // A path that ends here wants all of it, whatever else is asked of its insides.
            guard !below.contains([]) else { return path }
            guard field.isRepeated else {
                return "STRUCT(\(items(field.fields, below, in: path).joined(separator: ", ")))"
            }
            depth += 1
            defer { depth -= 1 }
            let (element, place) = ("e\(depth)", "o\(depth)")
            let selected = items(field.fields, below, in: element).joined(separator: ", ")
            return "ARRAY(SELECT AS STRUCT \(selected) FROM UNNEST(\(path)) AS \(element)"
                + " WITH OFFSET AS \(place) ORDER BY \(place))"
        }
    }
}
