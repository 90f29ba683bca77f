public import HTTP
public import NDJSON

/// Why a request to BigQuery has no result. Facts here, words below; what has a way out decides the filter.
public enum BigQueryError: Error, Equatable {
    // MARK: Nobody answered

    /// No exchange came to its end, however often it was tried until the time was up.
    case unreachable(HTTPError, attempts: Int)
    /// The TLS layer does not accept the other side, or the other side us.
    case untrusted(HTTPError)
    /// The address, or a header that goes there, cannot be used.
    case unusable(HTTPError)
    /// The stop descriptor of the transport became readable.
    case interrupted
    /// A token would go over plain HTTP to another machine.
    case tokenInTheClear(peer: String)

    // MARK: The service said no

    /// Who asks is not known, or not allowed to: 401, accessDenied, billing.
    case refused(ServerFault)
    /// A table, dataset or job that does not exist there.
    case notFound(ServerFault)
    /// The query, or another part of the request, does not fit.
    case invalid(ServerFault)
    /// The request has more bytes than a request may have: fewer values at a time would do.
    case tooLarge(ServerFault)
    /// It would cost more than a limit allows: bytesBilledLimitExceeded, resourcesExceeded, responseTooLarge.
    case overLimit(ServerFault)
    /// A quota is spent; it fills again with time.
    case quotaExceeded(ServerFault)
    /// Somebody cancelled the job, or it ran longer than jobs may.
    case stopped(ServerFault)
    /// A fault of the service that was still there when the time was up.
    case unavailable(ServerFault, attempts: Int)

    // MARK: The service said something else

    /// The job was still running when the time was up.
    case unfinished(subject: String, limit: Duration)
    /// The answer is not what the API's documentation says.
    case unexpected(subject: String, AnswerDefect)
}

/// What the service says went wrong.
public struct ServerFault: Error, Equatable {
    /// What was asked for: a table's name, or `query`.
    public let subject: String
    /// The HTTP status; 200 for the errors that come inside an answer.
    public let status: Int
    /// The service's own word for it, as `invalidQuery`; empty when the body had none.
    public let reason: String
    /// The beginning of its message (400 characters, since it names tables, permissions and numbers that the user
    /// needs: rule 5's 80 would cut them off), or of a body that is no JSON (80).
    public let message: Excerpt

    /// A fault as an answer would have it.
    public init(subject: String, status: Int, reason: String, message: Excerpt) {
        self.subject = subject
        self.status = status
        self.reason = reason
        self.message = message
    }
}

extension ServerFault {
    /// The permission that the message names, as `bigquery.jobs.create`; nil when it names none.
    public var permission: String? {
        let words = message.description.split { !$0.isLetter && $0 != "." }
        return words.first { word in
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 3 && ["bigquery", "serviceusage"].contains(parts[0])
                && !["", "com"].contains(parts[2])
        }.map(String.init)
    }

    /// Whether something of that name is there already.
    var isDuplicate: Bool { reason == "duplicate" || (reason == "ALREADY_EXISTS" && status == 409) }
}

/// What is wrong with an answer that claims to be good.
public enum AnswerDefect: Error, Equatable {
    /// The body is no JSON object: HTML of a proxy, or half an answer.
    case notJSON(Excerpt)
    /// A member that always has to be there is not.
    case missing(String)
    /// The pages go round in a circle.
    case samePageAgain
    /// A later page has other columns than the first.
    case otherColumns
    /// The last page came, and there were more or fewer rows than the answer had promised.
    case rows(seen: Int64, promised: Int64)
    /// A row has not as many values as the schema has columns.
    case values(count: Int, columns: Int)
    /// A value does not fit its column's type.
    case value(column: String, FieldType, Excerpt)
}

extension BigQueryError: CustomStringConvertible {
    /// `where: what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .unreachable(let error, let attempts): "\(error)\(BigQueryError.tried(attempts))"
        case .untrusted(let error), .unusable(let error): "\(error)"
        case .interrupted: "BigQuery: interrupted"
        case .tokenInTheClear(let peer): "\(peer): not asked: an access token goes over plain HTTP to this machine only"
        case .refused(let fault): "\(fault.subject): refused: \(fault.words)"
        case .notFound(let fault): "\(fault.subject): not found: \(fault.words)"
        case .invalid(let fault): "\(fault.subject): not accepted: \(fault.words)"
        case .tooLarge(let fault): "\(fault.subject): too large: \(fault.words)"
        case .overLimit(let fault): "\(fault.subject): over a limit: \(fault.words)"
        case .quotaExceeded(let fault): "\(fault.subject): quota spent: \(fault.words)"
        case .stopped(let fault): "\(fault.subject): stopped: \(fault.words)"
        case .unavailable(let fault, let attempts):
            "\(fault.subject): unavailable: \(fault.words)\(BigQueryError.tried(attempts))"
        case .unfinished(let subject, let limit): "\(subject): not finished: no result within \(limit.inSeconds)"
        case .unexpected(let subject, let defect): "\(subject): unexpected answer: \(defect)"
        }
    }

    private static func tried(_ attempts: Int) -> String {
        attempts == 1 ? "" : " (tried \(attempts) times)"
    }
}

extension ServerFault {
    /// The message, and how the service classes it.
    fileprivate var words: String {
        let codes = [reason, status == 200 ? "" : "HTTP \(status)"].filter { !$0.isEmpty }.joined(separator: ", ")
        guard !message.description.isEmpty else { return codes }
        return codes.isEmpty ? "\(message)" : "\(message) (\(codes))"
    }
}

extension AnswerDefect: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notJSON(let text): "not a JSON object: \(text)"
        case .missing(let member): "\(member): missing"
        case .samePageAgain: "the same page again and again"
        case .otherColumns: "a later page has other columns"
        case .rows(let seen, let promised): "\(seen) rows of \(promised)"
        case .values(let count, let columns): "a row of \(count) values for \(columns) columns"
        case .value(let column, let type, let text): "\(column): not \(type): \(text)"
        }
    }
}
