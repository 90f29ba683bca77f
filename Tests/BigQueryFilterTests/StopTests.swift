import BigQuery
import FilterKit
import HTTP
import NDJSON
import Testing

@testable import BigQueryFilter

@Suite struct StopTests {
    private static let fault = ServerFault(subject: "query", status: 403, reason: "r", message: Excerpt("m"))
    private static let exchange = HTTPError(peer: "h:1", fact: .refused, requestMayHaveBeenSent: false)

    @Test(arguments: [
        (BigQueryError.refused(fault), FilterKit.ExitStatus.refused), (.untrusted(exchange), .refused),
        (.notFound(fault), .configuration), (.invalid(fault), .configuration), (.overLimit(fault), .configuration),
        (.tooLarge(fault), .configuration),
        (.tokenInTheClear(peer: "h:1"), .configuration), (.unusable(exchange), .configuration),
        (.quotaExceeded(fault), .tryLater), (.unavailable(fault, attempts: 2), .tryLater),
        (.unreachable(exchange, attempts: 2), .tryLater), (.stopped(fault), .tryLater),
        (.unfinished(subject: "query", limit: .seconds(1)), .tryLater),
        (.unexpected(subject: "query", .samePageAgain), .tryLater),
    ])
    func `each failure has one status`(error: BigQueryError, status: FilterKit.ExitStatus) {
        let stop = Stop(error)
        #expect(stop.status == status)
        #expect(stop.reason == "\(error)")
    }

    @Test(arguments: [
        ("authError", 401, "Invalid Credentials", "gcloud auth application-default login"),
        (
            "accessDenied", 403, "User does not have bigquery.jobs.create permission in project p.",
            "roles/bigquery.jobUser"
        ),
        ("accessDenied", 403, "User does not have permission to query table p:d.t", "roles/bigquery.dataViewer"),
        ("accessDenied", 403, "Permission bigquery.tables.get denied on table p:d.t", "roles/bigquery.dataViewer"),
        ("forbidden", 403, "Caller does not have serviceusage.services.use", "roles/serviceusage.serviceUsageConsumer"),
        ("accessNotConfigured", 403, "API not enabled", "gcloud services enable bigquery.googleapis.com"),
        ("billingNotEnabled", 403, "Billing has not been enabled", "--billing-project"),
    ])
    func `who is refused learns what would let him in`(reason: String, status: Int, message: String, wayOut: String) {
        let fault = ServerFault(
            subject: "query", status: status, reason: reason, message: Excerpt(message, longest: 400))
        let stop = Stop(BigQueryError.refused(fault))
        #expect(stop.status == .refused)
        #expect(stop.wayOut?.contains(wayOut) == true)
    }

    @Test(arguments: [
        ("Not found: Dataset p:d was not found in location US", "--location"), ("Not found: Job p:EU.j", "--location"),
        ("Not found: Table p:d.t", "check the name"),
    ])
    func `what is not found may lie elsewhere`(message: String, wayOut: String) {
        let fault = ServerFault(subject: "query", status: 404, reason: "notFound", message: Excerpt(message))
        #expect(Stop(BigQueryError.notFound(fault)).wayOut?.contains(wayOut) == true)
    }
}
