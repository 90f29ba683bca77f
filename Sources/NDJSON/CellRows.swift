/// The rows of an array, one after another; each is transcribed in one pass, from the text that came to the text that goes.
package struct CellRows {
    /// Makes the JSON for the value of a step that is not in its form's plain notation: what a string says, or the text of
    /// a number or literal. Nil when the value does not fit.
    package typealias Unusual = (_ step: Int, _ text: [UInt8], _ isString: Bool) -> [UInt8]?

    private let array: JSONValue?
    private let buffer = TextBuffer()
    private var offset: Int

    /// The rows of `array`; none when it is no array.
    package init(_ array: JSONValue?) {
        self.array = array?.kind == .array ? array : nil
        offset = (array?.range.lowerBound ?? 0) + 1
    }

    /// Whether no row is left.
    package var isEmpty: Bool { (try? withNext { (_) throws(CellError) in true }) == nil }

    /// The next row; nil when there is none.
    package mutating func next(_ layout: CellLayout, _ unusual: Unusual) throws(CellError) -> CellRow? {
        guard
            let (row, next) = try withNext({ (transcript) throws(CellError) in
                let row = try transcript.copyRow(layout, unusual)
                return (row, transcript.scanner.offset(transcript.source))
            })
        else { return nil }
        offset = next
        return row
    }

    private func withNext<Result>(
        _ body: (inout JSONTranscript) throws(CellError) -> Result
    ) throws(CellError) -> Result? {
        guard let array else { return nil }
        // Invariant: the array of bytes is not changed inside the closure, and holds the value and the padding behind it.
        return try array.storage.bytes.withUnsafeBufferPointer { (memory) throws(CellError) -> Result? in
            guard let base = memory.baseAddress,
                var transcript = JSONTranscript(
                    base: base, offset: offset, end: array.range.upperBound, into: buffer)
            else { return nil }
            transcript.skipSeparators()
            return transcript.firstByte == UInt8(ascii: "]") ? nil : try body(&transcript)
        }
    }
}

/// A row, transcribed.
package struct CellRow {
    /// A value that is no part of the object.
    package enum Aside: Equatable {
        /// NULL, or an object or array.
        case nothing
        case integer(Int64)
        /// What a string says, or the text of a number or literal.
        case text([UInt8], isString: Bool)
    }

    /// The object of the named cells; empty when there are none.
    package let text: [UInt8]
    /// The other cells, in order.
    package let asides: [Aside]
}

// MARK: - From cell to cell

extension JSONTranscript {
    /// Where the way from one cell to the next has led.
    fileprivate enum Place {
        /// To the next cell's value.
        case value
        /// Behind the last cell.
        case end
        /// To something that is no cell.
        case nothing
        /// To another value in the same cell: a cell is read once, so that the last of two cannot count.
        case secondValue
    }

    /// Goes from the beginning of an array of cells to the first value.
    @inline(__always)
    fileprivate mutating func firstCell(_ layout: CellLayout) -> Place {
        switch openArray() {
        case .noArray: .nothing
        case .nothing: .end
        case .elements: enter(layout.valueKey) ? .value : .nothing
        }
    }

    /// Goes from the end of one cell's value to the beginning of the next one's.
    @inline(never)
    fileprivate mutating func nextCell(_ layout: CellLayout) -> Place {
        guard leave(layout.valueKey) else { return .secondValue }
        guard nextElement() else { return .end }
        return enter(layout.valueKey) ? .value : .nothing
    }
}

// MARK: - Rows and values

extension JSONTranscript {
    /// Copies the row that stands here.
    fileprivate mutating func copyRow(_ layout: CellLayout, _ unusual: CellRows.Unusual) throws(CellError) -> CellRow {
        asides.reserveCapacity(layout.asides)
        guard enter(layout.rowKey) else { throw .count(0, cells: layout.row.count) }
        let cells = mark
        try copyCells(layout.row, layout, unusual)
        guard leave(layout.rowKey) else { throw .count(count(at: cells), cells: layout.row.count) }
        if layout.asides < layout.row.count { write(UInt8(ascii: "}")) }
        return CellRow(text: takeText(), asides: asides)
    }

    /// Copies a row within a cell as an object.
    private mutating func copyRecord(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        let start = mark
        guard enter(layout.rowKey) else { throw .value(step: index, excerpt(at: start)) }
        try copyCells(layout.steps[index].steps, layout, unusual)
        guard leave(layout.rowKey) else { throw .value(step: index, excerpt(at: start)) }
        if layout.steps[index].steps.isEmpty { write(UInt8(ascii: "{")) }
        write(UInt8(ascii: "}"))
    }

    /// Copies the values of an array of cells, each under its key, but for the closing brace.
    private mutating func copyCells(
        _ range: Range<Int>, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        let cells = mark
        var place = firstCell(layout)
        // A copy, so that its places are in registers; it is given back before anything but plain values is looked at.
        var copyist = copyist
        for index in range {
            guard place == .value else { throw misfit(place, cells, index, in: range) }
            if !copyist.copyMember(layout.steps[index], layout.keys) {
                self.copyist = copyist
                try copyMember(index, layout, unusual)
                copyist = self.copyist
            }
            if !copyist.skipBetweenCells(layout) {
                self.copyist = copyist
                place = nextCell(layout)
                copyist = self.copyist
            }
        }
        guard place == .end else { throw misfit(place, cells, range.upperBound, in: range) }
    }

    /// What is wrong with the cells in front of the step.
    private func misfit(_ place: Place, _ cells: Mark, _ step: Int, in range: Range<Int>) -> CellError {
        guard place == .secondValue else { return .count(count(at: cells), cells: range.count) }
        return .value(step: step - 1, excerpt(at: cells))
    }

    /// Copies what stands in the cell of that step as a member: its key, and one value or an array of them.
    @inline(never)
    private mutating func copyMember(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        let step = layout.steps[index]
        if step.isAside { return asides.append(takeAside(step.form)) }
        makeRoom(for: step.key.count)
        layout.keys.copy(step.key, to: target)
        target += step.key.count
        if step.isRepeated {
            try copyArray(index, layout, unusual)
        } else {
            try copyElement(index, layout, unusual)
        }
    }

    private mutating func takeAside(_ form: CellLayout.Form) -> CellRow.Aside {
        if form == .integer, let number = takeInteger() { return .integer(number) }
        if skipNull() { return .nothing }
        let isString = firstByte == UInt8(ascii: "\"")
        return takeScalar().map { .text($0, isString: isString) } ?? .nothing
    }

    private mutating func copyArray(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        write(UInt8(ascii: "["))
        let array = mark
        if firstByte == UInt8(ascii: "[") {
            var place = firstCell(layout)
            var isFirst = true
            while place == .value {
                if !isFirst { write(UInt8(ascii: ",")) }
                isFirst = false
                if !copyist.copyPlain(layout.steps[index].form) { try copyElement(index, layout, unusual) }
                if !copyist.skipBetweenCells(layout) { place = nextCell(layout) }
            }
            guard place == .end else { throw .value(step: index, excerpt(at: array)) }
        } else {
            // An array that is NULL is empty, as BigQuery has it.
            skipValue()
        }
        write(UInt8(ascii: "]"))
    }

    /// Copies one value, or one element.
    private mutating func copyElement(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        if skipNull() { return write(nil) }
        let form = layout.steps[index].form
        let isCopied =
            switch form {
            case .record: false
            case .moment: copyMoment()
            case .document: copyDocument()
            default: copyPlainWithRoom(form)
            }
        if isCopied { return }
        if form == .record { return try copyRecord(index, layout, unusual) }
        let start = mark
        let isString = firstByte == UInt8(ascii: "\"")
        guard let text = takeScalar(), let json = unusual(index, text, isString) else {
            throw .value(step: index, excerpt(at: start))
        }
        write(json)
    }

    private mutating func copyPlainWithRoom(_ form: CellLayout.Form) -> Bool {
        makeRoom(for: behindValue(source) - source)
        return copyist.copyPlain(form)
    }
}
