import Foundation
import NDJSON

extension Line {
    /// The first line of a stream of this text, read through a real pipe, which holds far more than a test's line.
    init(_ text: String) throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        var reader = LineReader(
            descriptor: pipe.fileHandleForReading.fileDescriptor, maximumLineBytes: 1 << 16)
        guard case .line(let line) = try reader.next() else { throw CocoaError(.fileReadUnknown) }
        self = line
    }
}
