public import NDJSON

/// What the service keeps of a job that is over.
public struct JobStatistics: Equatable, Sendable {
    /// When it began, which is the moment whose tables it read; nil when the service does not say.
    public let start: Timestamp?
    /// The bytes that are billed; nil when the service does not say, as an emulator does not.
    public let bytesBilled: Int64?
}

extension Client {
    /// Asks what the service keeps of `job`, by `jobs.get`.
    /// Source: cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobStatistics.
    public func statistics(of job: JobReference) throws -> JobStatistics {
        let fields = ("fields", "statistics(startTime,query(totalBytesBilled))")
        let call = Call("query", path: [job.project, "jobs", job.id], query: job.place + [fields])
        let statistics = try answer(call, until: deadline())["statistics"]
        // In milliseconds since 1970.
        let start = statistics?["startTime"]?.wireInteger.flatMap { Timestamp(unixSeconds: $0 / 1000) }
        return JobStatistics(start: start, bytesBilled: statistics?["query"]?["totalBytesBilled"]?.wireInteger)
    }
}
