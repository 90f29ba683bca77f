import NDJSON
import Testing

@testable import BigQuery

@Suite struct VerdictTests {
    private func fault(_ reason: String, _ status: Int) -> ServerFault {
        ServerFault(subject: "query", status: status, reason: reason, message: Excerpt("m"))
    }

    @Test(arguments: [
        ("rateLimitExceeded", 403), ("backendError", 503), ("internalError", 500), ("badGateway", 502),
        ("", 408), ("", 429), ("", 500), ("", 502), ("", 503), ("", 504), ("RESOURCE_EXHAUSTED", 429),
    ])
    func `what may pass is asked again`(reason: String, status: Int) {
        #expect(fault(reason, status).verdict == .askAgain(fault(reason, status)))
    }

    @Test(arguments: ["jobBackendError", "jobInternalError", "jobRateLimitExceeded", "tableUnavailable"])
    func `a job that failed by itself is run again, although the status is 400`(reason: String) {
        #expect(fault(reason, 400).verdict == .runAgain(fault(reason, 400)))
    }

    @Test(arguments: [
        ("accessDenied", 403), ("authError", 401), ("required", 401), ("billingNotEnabled", 403), ("", 401), ("", 403),
        ("PERMISSION_DENIED", 403),
    ])
    func `who is not allowed is told so once`(reason: String, status: Int) {
        #expect(fault(reason, status).verdict == .final(.refused(fault(reason, status))))
    }

    @Test(arguments: [
        ("invalidQuery", 400), ("invalid", 400), ("required", 400), ("outOfRange", 400), ("duplicate", 409), ("", 301),
        ("INVALID_ARGUMENT", 400), ("notImplemented", 501), ("", 501), ("somethingNew", 400),
    ])
    func `what does not fit stays so`(reason: String, status: Int) {
        #expect(fault(reason, status).verdict == .final(.invalid(fault(reason, status))))
    }

    @Test func `a request that is too large is told apart, in both forms`() {
        let large = fault("", 413)
        #expect(large.verdict == .final(.tooLarge(large)))
        let text = Excerpt("Request payload size exceeds the limit: 10485760 bytes.")
        let small = ServerFault(subject: "query", status: 400, reason: "badRequest", message: text)
        #expect(small.verdict == .final(.tooLarge(small)))
    }

    @Test(arguments: [
        (
            "Access Denied: Project p: User does not have bigquery.jobs.create permission in project p.",
            "bigquery.jobs.create"
        ),
        ("Permission bigquery.tables.getData denied on table p:d.t (or it may not exist).", "bigquery.tables.getData"),
        ("Access Denied: Table p:d.t: User does not have permission to query table p:d.t", nil),
        ("see bigquery.googleapis.com/v2 for more", nil),
    ])
    func `the permission that is missing is found in the message`(message: String, permission: String?) {
        let fault = ServerFault(
            subject: "query", status: 403, reason: "accessDenied", message: Excerpt(message, longest: 400))
        #expect(fault.permission == permission)
    }

    @Test func `what the service says is told whole, up to 400 characters`() {
        let words = String(repeating: "0123456789", count: 60)
        let body = #"{"error":{"message":"\#(words)","errors":[{"reason":"invalid"}]}}"#
        let fault = ServerFault(subject: "query", status: 400, body: Array(body.utf8))
        #expect(fault.message.description == words.prefix(400) + "…")
    }

    @Test func `the reason wins over the status`() {
        let limit = fault("bytesBilledLimitExceeded", 500)
        #expect(limit.verdict == .final(.overLimit(limit)))
        let quota = fault("quotaExceeded", 403)
        #expect(quota.verdict == .final(.quotaExceeded(quota)))
        let missing = fault("notFound", 200)
        #expect(missing.verdict == .final(.notFound(missing)))
        let stopped = fault("stopped", 200)
        #expect(stopped.verdict == .final(.stopped(stopped)))
    }

    @Test func `a fault is read from Google's form, and from none`() {
        let body =
            #"{"error":{"code":404,"message":"Not found: x","errors":[{"reason":"notFound"}],"#
            + #""status":"NOT_FOUND"}}"#
        #expect(
            ServerFault(subject: "a.b.c", status: 404, body: Array(body.utf8))
                == ServerFault(subject: "a.b.c", status: 404, reason: "notFound", message: Excerpt("Not found: x")))
        let html = "<html>" + String(repeating: "x", count: 100)
        #expect(
            ServerFault(subject: "query", status: 502, body: Array(html.utf8))
                == ServerFault(subject: "query", status: 502, reason: "", message: Excerpt(html)))
    }

    @Test func `an error is one line that says where, what and why`() {
        let wrong = BigQueryError.unexpected(subject: "query", .rows(seen: 1, promised: 2))
        #expect("\(BigQueryError.notFound(fault("notFound", 404)))" == "query: not found: m (notFound, HTTP 404)")
        #expect("\(BigQueryError.invalid(fault("invalidQuery", 200)))" == "query: not accepted: m (invalidQuery)")
        let unavailable = BigQueryError.unavailable(fault("", 502), attempts: 3)
        #expect("\(unavailable)" == "query: unavailable: m (HTTP 502) (tried 3 times)")
        #expect("\(wrong)" == "query: unexpected answer: 1 rows of 2")
    }
}
