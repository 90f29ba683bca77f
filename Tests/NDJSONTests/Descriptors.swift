import FuzzProperties
import Glibc
import Synchronization
import TestSupport

@testable import NDJSON

extension Feed {
    convenience init(_ pieces: [[UInt8]]) { self.init(pieces.map { $0[...] }) }

    /// `bytes` in pieces of random sizes.
    convenience init(_ bytes: [UInt8], upTo largest: Int, by random: inout SeededGenerator) {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...largest, using: &random))
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        self.init(pieces)
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
