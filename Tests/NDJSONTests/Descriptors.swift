import Glibc
import Synchronization
import TestSupport

@testable import NDJSON

/// A pipe that is fed piece by piece, each right before the reader asks for it: no thread, no chance.
final class Feed {
    let reading: Int32
    private let writing: Int32
    private var pieces: ArraySlice<[UInt8]>

    /// Each piece must fit into the pipe.
    init(_ pieces: [[UInt8]]) {
        (reading, writing) = openPipe()
        self.pieces = pieces[...]
    }

    /// `bytes` in pieces of random sizes.
    convenience init(_ bytes: [UInt8], upTo largest: Int, by random: inout SeededGenerator) {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...largest, using: &random))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        self.init(pieces)
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Writes the next piece once the one before it was read; at the end, closes the pipe.
    func next() throws {
        var waiting: Int32 = 0
        guard ioctl(reading, UInt(FIONREAD), &waiting) == 0, waiting == 0 else { return }
        guard let piece = pieces.popFirst() else {
            // Replaced, not closed: the number stays ours until `deinit`.
            let null = open("/dev/null", O_WRONLY)
            precondition(dup2(null, writing) == writing, "no descriptor left")
            close(null)
            return
        }
        try writeAll(piece, to: writing)
    }
}

/// A thread that can be signalled and joined.
final class Worker {
    private var id = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        final class Context {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let context = Unmanaged.passRetained(Context(body)).toOpaque()
        pthread_create(
            &id, nil,
            { context in
                // A thread inherits a mask, and the threads that tests run on block signals.
                var interrupts = sigset_t()
                sigemptyset(&interrupts)
                sigaddset(&interrupts, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &interrupts, nil)
                if let context { Unmanaged<Context>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, context)
    }

    /// Interrupts the system call that the thread is in.
    func interrupt() { pthread_kill(id, SIGUSR1) }

    func join() { pthread_join(id, nil) }
}

/// Makes SIGUSR1 interrupt system calls and do nothing else.
func catchInterrupts() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGUSR1, &action, nil)
}

func openPipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe")
    // Not inherited by the processes of exit tests, which would keep the pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

func makeNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}
