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

extension JSONTranscript {
    /// Copies the row that stands here.
    fileprivate mutating func copyRow(_ layout: CellLayout, _ unusual: CellRows.Unusual) throws(CellError) -> CellRow {
        guard enter(layout.rowKey) else { throw .count(0, cells: layout.row.count) }
        let cells = mark
        var asides: [CellRow.Aside] = []
        asides.reserveCapacity(layout.asides)
        let opening = openArray()
        var isMore = opening == .elements
        for index in layout.row {
            guard isMore, enter(layout.valueKey) else { throw .count(count(at: cells), cells: layout.row.count) }
            if layout.steps[index].isAside {
                asides.append(takeAside(layout.steps[index].form))
            } else {
                try copyValue(index, layout, unusual)
            }
            guard leave(layout.valueKey) else { throw .value(step: index, excerpt(at: cells)) }
            isMore = nextElement()
        }
        guard !isMore, opening != .noArray, leave(layout.rowKey) else {
            throw .count(count(at: cells), cells: layout.row.count)
        }
        if layout.asides < layout.row.count { write(UInt8(ascii: "}")) }
        return CellRow(text: takeText(), asides: asides)
    }

    private mutating func takeAside(_ form: CellLayout.Form) -> CellRow.Aside {
        if form == .integer, let number = takeInteger() { return .integer(number) }
        if skipNull() { return .nothing }
        let isString = firstByte == UInt8(ascii: "\"")
        return takeScalar().map { .text($0, isString: isString) } ?? .nothing
    }

    /// Copies what stands in the cell of that step as a member: its key, and one value or an array of them.
    private mutating func copyValue(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        write(layout.steps[index].key, of: layout.keys)
        guard layout.steps[index].isRepeated else { return try copyElement(index, layout, unusual) }
        write(UInt8(ascii: "["))
        switch openArray() {
        case .nothing: break
        // An array that is NULL is empty, as BigQuery has it.
        case .noArray: skipValue()
        case .elements:
            var isFirst = true
            repeat {
                if !isFirst { write(UInt8(ascii: ",")) }
                isFirst = false
                let element = mark
                guard enter(layout.valueKey) else { throw .value(step: index, excerpt(at: element)) }
                try copyElement(index, layout, unusual)
                guard leave(layout.valueKey) else { throw .value(step: index, excerpt(at: element)) }
            } while nextElement()
        }
        write(UInt8(ascii: "]"))
    }

    /// Copies one value, or one element.
    @inline(__always)
    private mutating func copyElement(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        let isCopied =
            switch layout.steps[index].form {
            case .text: copyString()
            case .integer: copyInteger()
            case .number: copyDecimal()
            case .boolean: copyBoolean()
            case .moment: copyMoment()
            case .document: copyDocument()
            case .record, .other: false
            }
        if isCopied { return }
        if skipNull() { return write(nil) }
        if layout.steps[index].form == .record { return try copyRecord(index, layout, unusual) }
        let start = mark
        let isString = firstByte == UInt8(ascii: "\"")
        guard let text = takeScalar(), let json = unusual(index, text, isString) else {
            throw .value(step: index, excerpt(at: start))
        }
        write(json)
    }

    /// Copies a row within a cell as an object.
    private mutating func copyRecord(
        _ index: Int, _ layout: CellLayout, _ unusual: CellRows.Unusual
    ) throws(CellError) {
        let start = mark
        let range = layout.steps[index].steps
        guard enter(layout.rowKey) else { throw .value(step: index, excerpt(at: start)) }
        let cells = mark
        let opening = openArray()
        var isMore = opening == .elements
        for inner in range {
            guard isMore, enter(layout.valueKey) else { throw .count(count(at: cells), cells: range.count) }
            try copyValue(inner, layout, unusual)
            guard leave(layout.valueKey) else { throw .value(step: inner, excerpt(at: cells)) }
            isMore = nextElement()
        }
        guard !isMore, opening != .noArray else { throw .count(count(at: cells), cells: range.count) }
        guard leave(layout.rowKey) else { throw .value(step: index, excerpt(at: start)) }
        if range.isEmpty { write(UInt8(ascii: "{")) }
        write(UInt8(ascii: "}"))
    }
}
