import NDJSON

extension Client {
    /// Runs `query` and waits until its result is there.
    ///
    /// By `jobs.query`. The request id stays the same while the request is repeated, so that an answer that got lost
    /// does not run the query twice; a job that failed by the service's fault is run anew, with an id of its own.
    public func run(_ query: Query) throws -> ResultRows {
        let deadline = deadline()
        return try persist(.job, until: deadline) {
            let body = query.body(requestID: surroundings.identifier, wait: limits.poll)
            let call = Call("query", path: [project.description, "queries"], body: body, isJob: true)
            let (page, job) = try wait(for: page(call, until: deadline), query, until: deadline)
            return try ResultRows(from: page, job: job, pageRows: query.pageRows, client: self)
        }
    }

    /// Asks for the result until it is complete. The service holds each request back, so that this is no busy loop.
    private func wait(
        for first: Page, _ query: Query, until deadline: Duration
    ) throws -> (page: Page, job: JobReference?) {
        var page = first
        var job = page.job(in: query.location)
        while !page.isComplete {
            try failIfWithoutResult(page)
            guard let job else { throw BigQueryError.unexpected(subject: "query", .missing("jobReference")) }
            let asked = surroundings.now()
            guard asked < deadline else { throw BigQueryError.unfinished(subject: "query", limit: limits.call) }
            let call = results(of: job, pageRows: query.pageRows, token: nil, wait: limits.poll)
            page = try self.page(call, until: deadline)
            // Should it not hold the request back, it is asked twice a second.
            let pause = .milliseconds(500) - (surroundings.now() - asked)
            if pause > .zero, !page.isComplete { try surroundings.sleep(pause) }
        }
        job = job ?? page.job(in: query.location)
        try failIfWithoutResult(page)
        return (page, job)
    }

    /// Errors beside a result are warnings. Errors without one are a failure, although the status is 200.
    private func failIfWithoutResult(_ page: Page) throws {
        guard let error = page.errors.first, page.schema?.fields.isEmpty ?? true else { return }
        let failure = Setback.error(for: ServerFault(subject: "query", error: error), isJob: true)
        // The request was answered: whatever the reason, it is the job that has to be done again.
        guard let setback = failure as? Setback else { throw failure }
        throw Setback(extent: .job, cause: setback.cause)
    }

    /// `jobs.getQueryResults`: location and format are told with every page, since the service forgets them.
    func results(of job: JobReference, pageRows: Int?, token: String?, wait: Duration) -> Call {
        var query = [("timeoutMs", "\(wait.milliseconds)"), ("formatOptions.useInt64Timestamp", "true")]
        if let location = job.location { query.append(("location", location)) }
        if let pageRows { query.append(("maxResults", "\(pageRows)")) }
        if let token { query.append(("pageToken", token)) }
        return Call("query", path: [job.project, "queries", job.id], query: query, isJob: token == nil)
    }
}

/// The name of a job that runs or has run.
struct JobReference: Equatable {
    let project: String
    let id: String
    let location: String?

    /// The `jobReference` of an answer; nil when it names no job. `location` counts when the reference has none.
    init?(_ reference: JSONValue?, location: String?) {
        guard let reference, let project = reference["projectId"]?.string, let id = reference["jobId"]?.string
        else { return nil }
        self.project = project
        self.id = id
        self.location = reference["location"]?.string ?? location
    }
}
