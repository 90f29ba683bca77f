public import NDJSON

/// One row of a result: the record that its decoder makes, and the values of the columns that are no part of it.
public struct Row {
    /// The record, ready to be written; without bytes when no column belongs to it.
    public let record: RowRecord

    private let columns: Range<Int>
    private let asides: [CellRow.Aside]

    /// - Parameter columns: Those of the record.
    init(_ row: CellRow, columns: Range<Int>) {
        record = RowRecord(bytes: row.text)
        asides = row.asides
        self.columns = columns
    }

    /// The integer in a column; nil when it is NULL, or none, or part of the record.
    public func integer(_ column: Int) -> Int64? {
        switch self[column] {
        case .nothing: nil
        case .integer(let number): number
        case .text(let text, _): Int64(String(decoding: text, as: UTF8.self))
        }
    }

    /// Whether the value in a column is `true`.
    public func isTrue(_ column: Int) -> Bool {
        guard case .text(let text, let isString) = self[column] else { return false }
        return WireBoolean(text, isString: isString)?.value == true
    }

    /// The text in a column; nil when it is NULL, or an INT64, or part of the record.
    public func text(_ column: Int) -> String? {
        guard case .text(let text, true) = self[column] else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    private subscript(column: Int) -> CellRow.Aside {
        let place = column < columns.lowerBound ? column : column - columns.count
        guard !columns.contains(column), asides.indices.contains(place) else { return .nothing }
        return asides[place]
    }
}

/// A row as a JSON object, ready to be written.
public struct RowRecord: JSONRecord {
    /// The text of the object.
    public let bytes: [UInt8]

    /// Appends the object.
    public func write(to text: inout JSONText) { text.json(bytes) }
}
