/// What a row of cells becomes: the names and forms of its values, laid out flat, so that no reference is counted while a
/// row is transcribed.
///
/// In a row of cells no value has a name: `{"f":[{"v":"1"},{"v":[{"v":"a"}]}]}`, where a cell's place says what it is.
package struct CellLayout {
    /// How the text of a value changes on its way.
    package enum Form: UInt8, Sendable {
        /// An integer within Int64 in a string: a number.
        case integer
        /// A number in a string: a number with the same digits.
        case number
        /// `"true"` or `"false"`: a literal.
        case boolean
        /// A string: the same.
        case text
        /// Microseconds since 1970 in a string: RFC 3339.
        case moment
        /// A JSON document in a string: the document.
        case document
        /// A row of cells within the cell: an object.
        case record
        /// Whoever asked for the row makes something of it.
        case other
    }

    /// One cell, and what is within it.
    package struct Cell {
        let name: String
        let form: Form
        let isRepeated: Bool
        let isAside: Bool
        let cells: [Cell]

        /// - Parameters:
        ///   - isRepeated: The value is an array of cells.
        ///   - isAside: The value is no part of the object; `CellRow.asides` has it.
        ///   - cells: What a record consists of.
        package init(_ name: String, _ form: Form, isRepeated: Bool, isAside: Bool = false, cells: [Cell] = []) {
            self.name = name
            self.form = form
            self.isRepeated = isRepeated
            self.isAside = isAside
            self.cells = cells
        }
    }

    /// A cell as the loop wants it: numbers only.
    struct Step {
        let form: Form
        let isRepeated: Bool
        let isAside: Bool
        /// Where its key stands in `keys`.
        let key: Range<Int>
        /// Whether one value stands here that a `Copyist` may copy, under a key that is not too long for it.
        let isPlain: Bool
        /// The steps of the cells within it.
        var steps = 0..<0
    }

    /// The keys of a row's array and of a cell's value, one byte each.
    let rowKey: UInt8
    let valueKey: UInt8
    /// `},{"v":`, with the value's key for the letter: seven bytes as they lie in memory.
    let betweenCells: UInt64
    /// The steps of one record stand side by side, those of the row first: a step's number is the cell's, level by level.
    private(set) var steps: [Step] = []
    private(set) var keys = JSONKeys()
    /// The steps of the row itself.
    private(set) var row = 0..<0
    let asides: Int

    /// The layout of rows of `cells`.
    package init(_ cells: [Cell], rowKey: Unicode.Scalar, valueKey: Unicode.Scalar) {
        self.rowKey = UInt8(ascii: rowKey)
        self.valueKey = UInt8(ascii: valueKey)
        betweenCells = 0x3A_2200_227B_2C7D | UInt64(self.valueKey) << 32
        asides = cells.count(where: \.isAside)
        row = add(cells)
    }

    private mutating func add(_ cells: [Cell]) -> Range<Int> {
        let range = steps.count..<(steps.count + cells.count)
        var isFirst = true
        for cell in cells {
            let key = cell.isAside ? 0..<0 : keys.add(cell.name, isFirst: isFirst)
            if !cell.isAside { isFirst = false }
            let isPlain = !cell.isRepeated && !cell.isAside && key.count <= JSONKeys.longestInSlack
            steps.append(
                Step(form: cell.form, isRepeated: cell.isRepeated, isAside: cell.isAside, key: key, isPlain: isPlain))
        }
        for (index, cell) in zip(range, cells) where cell.form == .record { steps[index].steps = add(cell.cells) }
        return range
    }
}

/// Why a row does not fit its layout.
package enum CellError: Error {
    /// A row has not as many values as its layout has cells.
    case count(Int, cells: Int)
    /// What stands in the cell of a step is not of its form.
    case value(step: Int, Excerpt)
}
