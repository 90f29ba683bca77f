/// How a filter ends, in the numbers of sysexits.h; the same table stands in every manual page.
public enum ExitStatus: Int32, CaseIterable, Sendable {
    /// All done.
    case done = 0
    /// Finished, but some records were bad or failed; each was named.
    case failures = 1
    /// An option is wrong; nothing was read, sent or written.
    case usage = 64
    /// Local input or output failed.
    case inputOutput = 74
    /// Not now: the same command goes on later where this one stopped.
    case tryLater = 75
    /// The remote refuses us.
    case refused = 77
    /// The configuration names something that does not exist, cannot be read or does not fit.
    case configuration = 78
}
