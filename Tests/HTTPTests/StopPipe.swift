import Glibc

/// What a transport looks at for a stop.
final class StopPipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "cannot make a pipe")
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func write() {
        var byte: UInt8 = 1
        precondition(Glibc.write(writeEnd, &byte, 1) == 1, "cannot write to the pipe")
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }
}
