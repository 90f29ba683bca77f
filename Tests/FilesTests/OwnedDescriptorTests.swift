import Glibc
import Testing

@testable import Files

@Suite struct OwnedDescriptorTests {
    // A number that was closed may belong to another test a moment later, so a pipe's other end tells: it reads the end
    // of the stream exactly when the writing end is closed.
    private func pipeEnds() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "cannot make a pipe")
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private func isAtEnd(_ reading: Int32) -> Bool {
        var byte: UInt8 = 0
        return read(reading, &byte, 1) == 0
    }

    @Test func `a descriptor is closed with its owner`() {
        let (reading, writing) = pipeEnds()
        defer { close(reading) }
        do {
            let owner = OwnedDescriptor(writing)
            #expect(owner.number == writing)
            #expect(!isAtEnd(reading))
        }
        #expect(isAtEnd(reading))
    }

    @Test func `a descriptor that was taken stays open`() {
        let (reading, writing) = pipeEnds()
        defer { close(reading) }
        let number = OwnedDescriptor(writing).take()
        #expect(!isAtEnd(reading))
        close(number)
        #expect(isAtEnd(reading))
    }
}
