import Glibc
import Synchronization

/// The signal that asked the run to end; 0 as long as none did.
private let received = Atomic<Int32>(0)
/// When it came, in nanoseconds of the monotonic clock.
private let receivedAt = Atomic<Int64>(0)
/// Where the handler writes a byte, so that whoever waits in poll(2) wakes up.
private let wakeUp = Atomic<Int32>(-1)

/// Turns INT, TERM and HUP into something that a run can look at between two steps and that ends any wait.
///
/// A second signal ends the process at once, as if nobody had asked for the first. SIGPIPE stays as it was inherited:
/// `filter | head` ends silently with 141.
public struct Signals: Sendable {
    /// Readable from the moment a signal arrived; meant for poll(2) and never read.
    public let descriptor: Int32

    private static let handled = [SIGINT, SIGTERM, SIGHUP]

    /// Installs the handlers. One call in a process: the handlers share one pipe.
    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("no pipe for signals: no descriptors left") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        wakeUp.store(ends[1], ordering: .relaxed)
        for signal in Signals.handled { Signals.handle(signal) }
    }

    /// The signal that asked the run to end; nil as long as none did.
    public var pending: Int32? {
        let signal = received.load(ordering: .acquiring)
        return signal == 0 ? nil : signal
    }

    /// When it came, by the monotonic clock.
    var pendingSince: Duration? { pending == nil ? nil : .nanoseconds(receivedAt.load(ordering: .relaxed)) }

    /// Throws `Interrupted` when a signal asked the run to end.
    public func check() throws(Interrupted) {
        if let pending { throw Interrupted(signal: pending) }
    }

    /// Waits for `duration`; a signal ends the wait with `Interrupted`.
    public func sleep(for duration: Duration) throws(Interrupted) {
        let deadline = Clock.monotonic() + duration
        while true {
            try check()
            let rest = deadline - Clock.monotonic()
            guard rest > .zero else { return }
            // Rounded up: poll counts milliseconds, and waking a little early would only mean another round.
            let milliseconds = min(rest / .milliseconds(1) + 1, 60_000)
            var stop = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&stop, 1, Int32(milliseconds))
        }
    }

    private static func handle(_ signal: Int32) {
        var old = sigaction()
        // What the parent ignores stays ignored: nohup, and background jobs of a shell without job control.
        guard sigaction(signal, nil, &old) == 0, !isIgnored(old) else { return }
        var new = sigaction()
        // Without SA_RESTART, so that a read in progress returns with EINTR.
        new.__sigaction_handler.sa_handler = { signal in
            // Only what signal-safety(7) allows: atomics, clock_gettime, write, _exit.
            guard received.load(ordering: .relaxed) == 0 else { _exit(128 + signal) }
            let saved = errno
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            receivedAt.store(Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec), ordering: .relaxed)
            guard received.exchange(signal, ordering: .releasing) == 0 else { _exit(128 + signal) }
            var byte: UInt8 = 0
            _ = write(wakeUp.load(ordering: .relaxed), &byte, 1)
            errno = saved
        }
        _ = sigaction(signal, &new, nil)
        // A parent that starts us from a thread of a pool leaves all signals blocked by accident: none would arrive.
        var mask = sigset_t()
        _ = sigemptyset(&mask)
        _ = sigaddset(&mask, signal)
        _ = sigprocmask(SIG_UNBLOCK, &mask, nil)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Ends the process by `signal`, so that the shell that waits for it sees what happened.
    static func die(by signal: Int32) -> Never {
        var plain = sigaction()
        plain.__sigaction_handler.sa_handler = SIG_DFL
        _ = sigaction(signal, &plain, nil)
        var mask = sigset_t()
        _ = sigemptyset(&mask)
        _ = sigprocmask(SIG_SETMASK, &mask, nil)
        _ = raise(signal)
        _exit(128 + signal)
    }
}
