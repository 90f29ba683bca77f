// How a query is run. It promises:
// (1) A request that is repeated runs the query once: the job's id is chosen here, before the first attempt.
// (2) A job that is given up before its end is cancelled: it would run on, and be billed.
// (3) A job that failed by the service's fault is run anew, under another id; any other failure is told.

import NDJSON

extension Client {
    /// Runs `query` and waits until its result is there.
    ///
    /// By `jobs.insert` and `jobs.getQueryResults`. Whatever ends the wait before the job ends has it cancelled, as far
    /// as a second allows; `Surroundings.tell` hears of it.
    public func run(_ query: Query) throws -> ResultRows {
        let deadline = deadline()
        return try persist(.job, until: deadline) {
            var job = JobReference(query, project: project, identifier: surroundings.identifier)
            var isAccepted = false
            do {
                try insert(query, as: &job, until: deadline)
                isAccepted = true
                var page = try wait(for: job, query, until: deadline)
                if case .text? = page.schema?.timestampFormat {
                    // Only now it is known that microseconds are not enough.
                    let call = results(of: job, pageRows: query.pageRows, wait: limits.poll, moments: .text)
                    page = try self.page(call, until: deadline)
                }
                return try ResultRows(from: page, job: job, pageRows: query.pageRows, client: self)
            } catch {
                switch Client.state(after: error, isAccepted: isAccepted) {
                case .over: break
                case .running: surroundings.tell(.cancelled(job, accepted: cancel(job)))
                // Whoever was refused may be the job, or only the question for it: nothing to tell when that is settled.
                case .unknown: if !cancel(job) { surroundings.tell(.cancelled(job, accepted: false)) }
                }
                throw error
            }
        }
    }

    /// Hands the job over, and learns where it runs.
    private func insert(_ query: Query, as job: inout JobReference, until deadline: Duration) throws {
        let body = query.body(of: job, timeout: deadline - surroundings.now())
        // Otherwise the answer repeats all of the query, its parameters included.
        let call = Call(
            "query", path: [job.project, "jobs"], query: [("fields", "jobReference,status")], body: body, isJob: true)
        let answer: JSONValue
        do { answer = try self.answer(call, until: deadline) } catch BigQueryError.invalid(let fault)
            where fault.isDuplicate
        {
            // An attempt before this one arrived, and its answer got lost.
            return
        }
        if let place = answer["jobReference"]?["location"]?.string { job.location = place }
        if let error = answer["status"]?["errorResult"] { throw failure(error) }
    }

    /// Asks for the result until it is complete. The service holds each request back, so that this is no busy loop.
    private func wait(for job: JobReference, _ query: Query, until deadline: Duration) throws -> Page {
        let visible = surroundings.now() + Client.longestUntilVisible
        while true {
            let asked = surroundings.now()
            guard asked < deadline else { throw BigQueryError.unfinished(subject: "query", limit: limits.call) }
            var call = results(of: job, pageRows: query.pageRows, wait: limits.poll)
            call.mayAppearUntil = visible
            let page: Page
            let patience = min(deadline, asked + Client.longestWithoutState)
            do { page = try self.page(call, until: patience) } catch BigQueryError.unavailable(let fault, let attempts)
            {
                guard patience < deadline else { throw BigQueryError.unavailable(fault, attempts: attempts) }
                try failIfFailed(job, visible: visible, until: deadline)
                continue
            }
            // Errors beside a result are warnings. Errors without one are a failure, although the status is 200.
            if let error = page.errors.first, page.schema?.fields.isEmpty ?? true { throw failure(error) }
            guard !page.isComplete else { return page }
            // Should it not hold the request back, it is asked twice a second.
            let pause = .milliseconds(500) - (surroundings.now() - asked)
            if pause > .zero { try surroundings.sleep(pause) }
        }
    }

    /// A job that failed repeats its own error to whoever asks for its result, in words that may also be about the asking.
    private func failIfFailed(_ job: JobReference, visible: Duration, until deadline: Duration) throws {
        var call = Call("query", path: [job.project, "jobs", job.id], query: job.place + [("fields", "status")])
        call.mayAppearUntil = visible
        if let error = try answer(call, until: deadline)["status"]?["errorResult"] { throw failure(error) }
    }

    // How long the result is asked for in vain before the job itself is looked at.
    private static let longestWithoutState = Duration.seconds(15)

    // "Not found: Job" may come for so long after an insertion. Source: what Google's Python client waits.
    private static let longestUntilVisible = Duration.seconds(200)

    /// What an error inside a good answer means: whatever the reason, it is the job that has to be done again.
    private func failure(_ error: JSONValue) -> any Error {
        let failure = Setback.error(for: ServerFault(subject: "query", error: error), isJob: true)
        guard let setback = failure as? Setback else { return failure }
        return Setback(extent: .job, cause: setback.cause)
    }

    /// `jobs.getQueryResults`: location and format are told with every page, since the service forgets them.
    func results(
        of job: JobReference, pageRows: Int?, token: String? = nil, wait: Duration,
        moments: TimestampFormat = .microseconds
    ) -> Call {
        var query = [("timeoutMs", "\(wait.milliseconds)"), moments.parameter] + job.place
        if let pageRows { query.append(("maxResults", "\(pageRows)")) }
        if let token { query.append(("pageToken", token)) }
        return Call("query", path: [job.project, "queries", job.id], query: query, isJob: token == nil)
    }

    // MARK: Cancelling

    /// `jobs.cancel`, best effort: the run ends for another reason, which is told. Says whether it was accepted.
    private func cancel(_ job: JobReference) -> Bool {
        let call = Call("query", path: [job.project, "jobs", job.id, "cancel"], query: job.place, body: [])
        return (try? sendOnTheWayOut(call)) ?? false
    }

    private enum State { case running, over, unknown }

    /// What has become of a job that nobody waits for any more.
    private static func state(after error: any Error, isAccepted: Bool) -> State {
        switch error {
        case is Setback: .over
        case let error as BigQueryError:
            switch error {
            case .unreachable, .interrupted, .unavailable, .unfinished, .unexpected: .running
            case .untrusted, .unusable, .tokenInTheClear, .refused, .notFound, .quotaExceeded:
                isAccepted ? .unknown : .over
            case .invalid, .tooLarge, .overLimit, .stopped: .over
            }
        // A wait was interrupted, or no token came.
        default: .running
        }
    }
}

/// The name of a job, by which it is asked for and cancelled.
public struct JobReference: Equatable, Sendable {
    /// The project that pays.
    public let project: String
    /// Chosen here. Source: cloud.google.com/bigquery/docs/reference/rest/v2/JobReference.
    public let id: String
    /// Where it runs; nil as long as nobody said.
    public internal(set) var location: String?

    /// What each request about the job has to say: a job is found only where it runs.
    var place: [(String, String)] { location.map { [("location", $0)] } ?? [] }

    /// A job for `query` that does not exist yet.
    init(_ query: Query, project: ProjectID, identifier: String) {
        self.project = project.description
        id = [query.labels["tool"], query.labels["stage"], identifier].compactMap { $0 }.joined(separator: "_")
        location = query.location
    }
}

extension JobReference: CustomStringConvertible {
    /// As the bq tool takes it: `project:location.id`.
    public var description: String { "\(project):\(location.map { "\($0)." } ?? "")\(id)" }
}
