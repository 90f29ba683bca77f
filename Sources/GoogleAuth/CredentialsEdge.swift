public import HTTP

/// What finding credentials and asking for tokens needs of the process around it.
public struct CredentialsEdge {
    /// What a path leads to.
    public enum Contents {
        /// A file, and all that is in it.
        case bytes([UInt8])
        /// Nothing.
        case absent
        /// Something that cannot be read; `why` names the path.
        case unreadable(why: String)
    }

    let variable: (String) -> String?
    let contents: (String) -> Contents
    let monotonicTime: () -> Duration
    let wallTime: () -> Int64
    let sleep: (Duration) throws -> Void
    let chance: () -> Double
    let send: (Request) throws(HTTPError) -> Response

    /// - Parameters:
    ///   - variable: The value of an environment variable; nil where it is not set or empty.
    ///   - contents: What is in a file.
    ///   - monotonicTime: A clock that nobody sets.
    ///   - wallTime: The time of day in Unix seconds.
    ///   - sleep: Waits so long, or throws; what it throws goes through unchanged.
    ///   - chance: A random number in 0..<1.
    ///   - send: One exchange, nothing retried.
    public init(
        variable: @escaping (String) -> String?, contents: @escaping (String) -> Contents,
        monotonicTime: @escaping () -> Duration, wallTime: @escaping () -> Int64,
        sleep: @escaping (Duration) throws -> Void, chance: @escaping () -> Double,
        send: @escaping (Request) throws(HTTPError) -> Response
    ) {
        self.variable = variable
        self.contents = contents
        self.monotonicTime = monotonicTime
        self.wallTime = wallTime
        self.sleep = sleep
        self.chance = chance
        self.send = send
    }
}
