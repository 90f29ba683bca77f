/// The end of a run before its work is done: the status, why, and the way out.
public struct Stop: Error {
    /// What the process ends with.
    public let status: ExitStatus
    /// `where: what: why`, or a message in that shape.
    public let reason: String
    /// What the user can do next; nil when the reason says it.
    public let wayOut: String?

    /// - Parameters:
    ///   - reason: The error's own words, `where: what: why`.
    ///   - wayOut: What helps, in the imperative; only the filter knows which of its options that is.
    public init(_ status: ExitStatus, _ reason: some CustomStringConvertible, wayOut: String? = nil) {
        self.status = status
        self.reason = reason.description
        self.wayOut = wayOut
    }
}

extension Stop: CustomStringConvertible {
    /// `where: what: why; way out`.
    public var description: String { wayOut.map { "\(reason); \($0)" } ?? reason }
}

/// A signal asked the run to end.
public struct Interrupted: Error, Equatable {
    /// The signal's number; the process dies by it once everything is recorded.
    public let signal: Int32
}
