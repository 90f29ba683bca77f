import Glibc

/// Cuts a stream into lines, which are views into one buffer: nothing is copied, and nothing allocated for a line.
///
/// It accepts CRLF, a UTF-8 byte order mark at the start, blank lines, and a last line without its end.
public struct LineReader: ~Copyable {
    /// What the stream has next.
    public enum Reading {
        /// A line that is not blank.
        case line(Line)
        /// A line longer than the limit. Its bytes can be had by `nextPiece`, or the next reading passes over them.
        case tooLong(number: Int)
        /// Nothing more.
        case end
    }

    private static let readSize = 256 * 1024
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The number of the line that was read last.
    public private(set) var lineNumber = 0

    private let descriptor: Int32
    private let maximumLineBytes: Int
    private let beforeRead: () throws -> Void
    private let storage: Storage
    /// Where the line begins that is not handed out yet, how far it was searched for its end, where the bytes end.
    private var start = 0
    private var searched = 0
    private var filled = 0
    private var atEnd = false
    private var isInLongLine = false

    /// - Parameters:
    ///   - descriptor: Where the bytes come from. It stays open.
    ///   - maximumLineBytes: The longest line that is taken, its end not counted.
    ///   - beforeRead: Runs before each read: the place to flush what must not wait while the input pauses, and to
    ///     throw when the program was asked to stop.
    public init(descriptor: Int32, maximumLineBytes: Int, beforeRead: @escaping () throws -> Void = {}) {
        self.descriptor = descriptor
        // Any limit can be asked for, and adding a few bytes to it must not overflow.
        self.maximumLineBytes = min(maximumLineBytes, Int.max / 2)
        self.beforeRead = beforeRead
        storage = Storage(capacity: LineReader.readSize)
    }

    /// The next line that is not blank. Lines read before become unreadable.
    ///
    /// Throws `StreamError` when the stream cannot be read, and whatever `beforeRead` throws.
    public mutating func next() throws -> Reading {
        storage.invalidateViews()
        while try nextPiece() != nil {}
        while true {
            if let end = storage.lineFeed(in: searched..<filled) {
                if let reading = takeLine(end: end, next: end + 1) { return reading }
            } else if atEnd {
                guard start < filled else { return .end }
                storage.setLineFeed(at: filled)
                if let reading = takeLine(end: filled, next: filled) { return reading }
            } else {
                searched = filled
                // One byte more than the limit may be a carriage return, three more a byte order mark.
                if filled - start > maximumLineBytes + 1 + LineReader.byteOrderMark.count {
                    beginLine()
                    isInLongLine = true
                    return .tooLong(number: lineNumber)
                }
                try fill()
            }
        }
    }

    /// The next piece of the line that was too long, its end included; nil once all of it was handed out.
    public mutating func nextPiece() throws -> [UInt8]? {
        guard isInLongLine else { return nil }
        if start == filled, !atEnd { try fill() }
        if let end = storage.lineFeed(in: start..<filled) { return takePiece(upTo: end + 1) }
        // The stream's last line may have no end; it gets one, as any other line that is handed on.
        return atEnd ? takePiece(upTo: filled) + [JSONScanner.lineFeed] : takePiece(upTo: filled, isLast: false)
    }

    private mutating func takePiece(upTo end: Int, isLast: Bool = true) -> [UInt8] {
        defer {
            start = end
            searched = end
            isInLongLine = !isLast
        }
        return Array(storage.bytes[start..<end])
    }

    /// The line that ends before `end`; nil when it is blank.
    private mutating func takeLine(end: Int, next: Int) -> Reading? {
        beginLine()
        var range = start..<end
        let endedWithCarriageReturn = range.last.map { storage.bytes[$0] == JSONScanner.carriageReturn } ?? false
        if endedWithCarriageReturn { range = range.dropLast() }
        // Too long, and seen only now that its end was found: it stays where it is, untouched, for `nextPiece`.
        guard range.count <= maximumLineBytes else {
            isInLongLine = true
            return .tooLong(number: lineNumber)
        }
        start = next
        searched = next
        if endedWithCarriageReturn { storage.setLineFeed(at: range.upperBound) }
        guard range.contains(where: { !JSONScanner.isWhiteSpace(storage.bytes[$0]) }) else { return nil }
        return .line(
            Line(
                number: lineNumber, storage: storage, range: range, generation: storage.generation,
                endedWithCarriageReturn: endedWithCarriageReturn))
    }

    /// Counts the line that begins here. A byte order mark is the stream's, and no part of its first line: what is handed
    /// out of it can stand anywhere in another stream.
    private mutating func beginLine() {
        lineNumber += 1
        if lineNumber == 1, storage.bytes[start..<filled].starts(with: LineReader.byteOrderMark) {
            start += LineReader.byteOrderMark.count
        }
    }

    /// Reads once, behind what is there; makes room first.
    private mutating func fill() throws {
        if start > 0 {
            storage.moveToFront(start..<filled)
            filled -= start
            searched -= start
            start = 0
        }
        if filled == storage.capacity {
            storage.grow(toCapacity: min(2 * storage.capacity, maximumLineBytes + LineReader.readSize))
        }
        while true {
            try beforeRead()
            let count = storage.read(from: descriptor, at: filled)
            if count >= 0 {
                filled += count
                atEnd = count == 0
                return
            }
            // A signal, or a stream that another program made non-blocking: `beforeRead` waits, then it is asked again.
            guard errno == EINTR || errno == EAGAIN else { throw StreamError.cannotRead(errno: errno) }
        }
    }
}
