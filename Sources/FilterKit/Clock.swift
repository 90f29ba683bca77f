import Glibc
public import NDJSON

/// The two clocks, read nowhere else.
public enum Clock {
    /// Time since some moment in the past, which nobody sets: for pacing, timeouts and durations.
    public static func monotonic() -> Duration { .nanoseconds(monotonicNanoseconds()) }

    /// The same, for a signal handler: nothing but a number.
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The time of day, which somebody may set: for records and windows.
    public static func wall() -> Timestamp {
        var time = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        guard let now = Timestamp(microseconds: microseconds) else {
            preconditionFailure("the system clock is beyond the year 9999")
        }
        return now
    }
}
