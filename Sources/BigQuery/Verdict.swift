import NDJSON

/// What follows from an answer that is no result.
enum Verdict: Equatable {
    /// The same request may succeed later.
    case askAgain(ServerFault)
    /// The job failed by no fault of the query: a new one may succeed.
    case runAgain(ServerFault)
    /// Asking again would not help.
    case final(BigQueryError)
}

extension ServerFault {
    /// The fault that an answer with an error status describes.
    init(subject: String, status: Int, body: [UInt8]) {
        guard let error = try? JSONValue(parsing: body)["error"], error.kind == .object else {
            self.init(subject: subject, status: status, reason: "", message: Excerpt(bytes: body))
            return
        }
        // Some of Google's front ends answer with the status word alone.
        let reason = error["errors"]?.elements.first?["reason"]?.string ?? error["status"]?.string ?? ""
        let message = error["message"].map(ServerFault.words) ?? Excerpt("no message")
        self.init(subject: subject, status: status, reason: reason, message: message)
    }

    /// The fault that one element of an answer's `errors` describes.
    init(subject: String, error: JSONValue) {
        self.init(
            subject: subject, status: 200, reason: error["reason"]?.string ?? "",
            message: error["message"].map(ServerFault.words) ?? error.excerpt)
    }

    private static func words(_ message: JSONValue) -> Excerpt {
        message.string.map { Excerpt($0, longest: 400) } ?? message.excerpt
    }

    /// Judged by the reason first, by the HTTP status where there is none: the two do not agree. A 500 may be final
    /// (bytesBilledLimitExceeded), a 400 may pass (jobBackendError).
    /// Source: cloud.google.com/bigquery/docs/error-messages, and the lists that Google's Python client retries by.
    var verdict: Verdict {
        switch reason {
        case _ where isAboutItsSize: .final(.tooLarge(self))
        case "rateLimitExceeded", "backendError", "internalError", "badGateway", "UNAVAILABLE", "INTERNAL",
            "RESOURCE_EXHAUSTED":
            .askAgain(self)
        case "jobBackendError", "jobInternalError", "jobRateLimitExceeded", "tableUnavailable": .runAgain(self)
        case "accessDenied", "authError", "billingNotEnabled", "blocked", "accountDisabled", "accessNotConfigured",
            "forbidden", "insufficientPermissions", "SERVICE_DISABLED", "PERMISSION_DENIED", "UNAUTHENTICATED",
            "invalidUser", "proxyAuthenticationRequired":
            .final(.refused(self))
        case "required" where status == 401: .final(.refused(self))
        case "quotaExceeded": .final(.quotaExceeded(self))
        case "notFound", "NOT_FOUND": .final(.notFound(self))
        case "bytesBilledLimitExceeded", "billingTierLimitExceeded", "resourcesExceeded", "responseTooLarge":
            .final(.overLimit(self))
        case "stopped", "timeout": .final(.stopped(self))
        case "invalidQuery", "invalid", "badRequest", "parseError", "required", "notImplemented", "resourceInUse",
            "outOfRange", "duplicate", "ALREADY_EXISTS", "INVALID_ARGUMENT", "FAILED_PRECONDITION":
            .final(.invalid(self))
        default: verdictByStatus
        }
    }

    /// A small overrun is a 400 of the API's own, a large one a 413 of the front end's, in HTML.
    private var isAboutItsSize: Bool {
        status == 413 || message.description.contains("Request payload size exceeds")
    }

    private var verdictByStatus: Verdict {
        switch status {
        case 401, 403, 407: .final(.refused(self))
        case 404: .final(.notFound(self))
        case 408, 429, 500, 502, 503, 504: .askAgain(self)
        default: .final(.invalid(self))
        }
    }
}
