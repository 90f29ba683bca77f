/// One line of a stream: a view into the reader's buffer, readable until the next line is asked for.
public struct Line {
    /// Counts from 1; blank lines are counted too, so that an editor shows the same number.
    public let number: Int

    let storage: Storage
    let range: Range<Int>
    let generation: Int
    /// Whether a carriage return stood before the line feed. It is no part of the line.
    let endedWithCarriageReturn: Bool

    /// The number of bytes, the line's end not counted.
    public var count: Int { range.count }

    /// The line's bytes, without its end, in an array of their own.
    public var bytes: [UInt8] { Array(readableStorage.bytes[range]) }

    /// Appends the line's bytes, without its end.
    public func append(to text: inout [UInt8]) { text += readableStorage.bytes[range] }

    /// The line's bytes with its end, so that it can stand anywhere in another stream; one that had none gets a line feed.
    public var bytesWithEnd: [UInt8] {
        bytes + (endedWithCarriageReturn ? [JSONScanner.carriageReturn] : []) + [JSONScanner.lineFeed]
    }

    /// The beginning of the line, for a message.
    public var excerpt: Excerpt { Excerpt(bytes: readableStorage.bytes[range]) }

    /// The one object that stands in the line, validated from its first byte to its last.
    ///
    /// Source of the grammar: RFC 8259. Throws `JSONError` for anything else, a value that is no object included.
    public func object() throws(JSONError) -> JSONValue {
        try JSONScanner.object(in: readableStorage, range)
    }

    /// Validates the line, as `object()` does, and finds the values at `paths` in the same pass.
    public func fields(at paths: FieldPaths) throws(JSONError) -> Fields {
        try JSONScanner.fields(in: readableStorage, range, at: paths)
    }

    private var readableStorage: Storage {
        precondition(generation == storage.generation, "a line was used after the next one had been read")
        return storage
    }
}
