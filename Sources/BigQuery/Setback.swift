import HTTP

/// A failure that may pass: thrown inside the client, and turned into a `BigQueryError` when the time is up.
struct Setback: Error, Equatable {
    /// How much has to be done again.
    enum Extent: Equatable {
        /// The same request, with the same request id.
        case request
        /// The job, as a new one.
        case job
    }

    enum Cause: Equatable {
        case fault(ServerFault)
        case exchange(HTTPError)
        case defect(subject: String, AnswerDefect)
    }

    let extent: Extent
    let cause: Cause
    /// How long the service asks to be left alone; nil when it does not say.
    var leastDelay: Duration?

    /// What to tell the caller.
    func error(after attempts: Int) -> BigQueryError {
        switch cause {
        case .fault(let fault): .unavailable(fault, attempts: attempts)
        case .exchange(let error): .unreachable(error, attempts: attempts)
        case .defect(let subject, let defect): .unexpected(subject: subject, defect)
        }
    }

    /// What to throw for `fault`; outside of jobs there is nothing but the request to do again.
    static func error(for fault: ServerFault, isJob: Bool) -> any Error {
        switch fault.verdict {
        case .askAgain(let fault): Setback(extent: .request, cause: .fault(fault))
        case .runAgain(let fault): Setback(extent: isJob ? .job : .request, cause: .fault(fault))
        case .final(let error): error
        }
    }

    /// What to throw for an exchange without an answer. All requests here only read, so that sending one twice is safe.
    static func error(for error: HTTPError) -> any Error {
        switch error.fact {
        // An answer that is too large is so the next time, too.
        case .badURL, .badHeader, .answerTooLarge: BigQueryError.unusable(error)
        case .tls: BigQueryError.untrusted(error)
        case .interrupted: BigQueryError.interrupted
        case .couldNotResolve, .refused, .couldNotConnect, .proxyRefused, .timedOut, .closedWithoutAnswer,
            .brokenAnswer, .other:
            Setback(extent: .request, cause: .exchange(error))
        }
    }
}
