import Glibc
import Synchronization

/// The signal that asked the run to end; 0 as long as none did.
private let received = Atomic<Int32>(0)
/// When it came, in nanoseconds of the monotonic clock.
private let receivedAt = Atomic<Int64>(0)
/// Where the handler writes a byte, so that whoever waits in poll(2) wakes up.
private let wakeUp = Atomic<Int32>(-1)
/// The same for who asks how far the run is: a pipe of its own, since a byte in the other one means the end.
private let question = Atomic<Int32>(-1)
/// Whether somebody asked, so that the pipe is looked at only then: a run looks here many times for each record.
private let isAsked = Atomic<Bool>(false)

/// Turns INT, TERM and HUP into something that a run can look at between two steps and that ends any wait.
///
/// A second signal ends the process at once, as if nobody had asked for the first. SIGPIPE stays as it was inherited:
/// `filter | head` ends silently with 141. USR1 ends the process, too, until a filter has an answer to it.
public struct Signals {
    /// Readable from the moment a signal arrived; meant for poll(2) and never read.
    public let descriptor: Int32
    private let statusRequests = StatusRequests()

    private static let handled = [SIGINT, SIGTERM, SIGHUP]

    /// Whether a signal asked the run to end.
    static var isStopRequested: Bool { received.load(ordering: .relaxed) != 0 }

    /// Installs the handlers. One call in a process: the handlers share one pipe.
    init() {
        // A file that may not grow is an error of the write, with a message and a status, and not a silent death.
        _ = signal(SIGXFSZ, SIG_IGN)
        let ends = Signals.openPipe()
        descriptor = ends.reading
        wakeUp.store(ends.writing, ordering: .relaxed)
        for signal in Signals.handled {
            // Without SA_RESTART, so that a read in progress returns with EINTR.
            Signals.handle(signal, flags: 0) { signal in
                // Only what signal-safety(7) allows: atomics, clock_gettime, write, _exit.
                guard received.load(ordering: .relaxed) == 0 else { _exit(128 + signal) }
                let saved = errno
                receivedAt.store(Clock.monotonicNanoseconds(), ordering: .relaxed)
                guard received.exchange(signal, ordering: .releasing) == 0 else { _exit(128 + signal) }
                var byte: UInt8 = 0
                _ = write(wakeUp.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
        }
    }

    /// Calls `answer` for each USR1 from now on, on this thread, where the run looks at signals: soon, not at once.
    ///
    /// Several that come together get one answer. A USR1 that the parent ignores stays ignored.
    func answerStatusRequests(with answer: @escaping () -> Void) {
        statusRequests.answer = answer
        guard statusRequests.descriptor < 0 else { return }
        let ends = Signals.openPipe()
        statusRequests.descriptor = ends.reading
        question.store(ends.writing, ordering: .relaxed)
        // With SA_RESTART, since the run goes on: no lock and no write may fail for a question. What waits in poll(2), as
        // every wait here does, wakes up by the pipe.
        Signals.handle(SIGUSR1, flags: SA_RESTART) { _ in
            var byte: UInt8 = 0
            let saved = errno
            _ = write(question.load(ordering: .relaxed), &byte, 1)
            // Behind the byte, so that whoever sees this finds it, on whatever thread this runs.
            isAsked.store(true, ordering: .releasing)
            errno = saved
        }
    }

    /// Answers who asked how far the run is; for whoever waits elsewhere than here.
    public func answerStatusRequests() {
        if isAsked.exchange(false, ordering: .acquiring) { statusRequests.answerIfAsked() }
    }

    /// From now on a reader who goes away makes the write fail, and does not end the process on the spot: for a filter that
    /// has something to remove first. It ends by SIGPIPE all the same.
    public func outliveReader() { _ = signal(SIGPIPE, SIG_IGN) }

    /// The signal that asked the run to end; nil as long as none did.
    public var pending: Int32? {
        let signal = received.load(ordering: .acquiring)
        return signal == 0 ? nil : signal
    }

    /// When it came, by the monotonic clock.
    var pendingSince: Duration? { pending == nil ? nil : .nanoseconds(receivedAt.load(ordering: .relaxed)) }

    /// Throws `Interrupted` when a signal asked the run to end. Answers who asked for its status.
    public func check() throws(Interrupted) {
        answerStatusRequests()
        if let pending { throw Interrupted(signal: pending) }
    }

    /// Waits for `duration`; a signal ends the wait with `Interrupted`.
    public func sleep(for duration: Duration) throws(Interrupted) {
        guard duration > .zero else { return try check() }
        // No descriptor: poll(2) passes over a negative number.
        _ = try wait(for: -1, until: Patience(until: Clock.monotonic() + duration))
    }

    /// Waits until `other` is ready to be read, or closed; false when `patience` ends before. A signal ends the wait with
    /// `Interrupted`; a request for the status is answered, and the wait goes on.
    func wait(for other: Int32, until patience: Patience) throws(Interrupted) -> Bool {
        while true {
            try check()
            let limit = patience.milliseconds
            var waits = [other, descriptor, statusRequests.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&waits, nfds_t(waits.count), limit)
            try check()
            if ready > 0, waits[0].revents != 0 { return true }
            if limit == 0 { return false }
        }
    }

    private static func openPipe() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("no pipe for signals: no descriptors left") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }

    private static func handle(_ signal: Int32, flags: Int32, by handler: @escaping @convention(c) (Int32) -> Void) {
        var old = sigaction()
        // What the parent ignores stays ignored: nohup, and background jobs of a shell without job control.
        guard sigaction(signal, nil, &old) == 0, !isIgnored(old) else { return }
        var new = sigaction()
        new.__sigaction_handler.sa_handler = handler
        new.sa_flags = flags
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
