public import BigQuery
public import FilterKit
import NDJSON

extension Stop {
    /// What ends a run when BigQuery gives no result: the one place that says which status a failure has.
    public init(_ error: BigQueryError) {
        switch error {
        case .unreachable, .unavailable, .unfinished, .stopped:
            self.init(.tryLater, error, wayOut: "run the same command again later")
        case .quotaExceeded:
            self.init(
                .tryLater, error,
                wayOut: "run the same command again later: daily quotas begin anew at midnight Pacific time (07:00 or"
                    + " 08:00 UTC)")
        case .unexpected:
            self.init(.tryLater, error, wayOut: "run the same command again; if this stays, it is a fault to report")
        // Only when the signal could not be told: `withStops` asks for it first.
        case .interrupted: self.init(.tryLater, error)
        case .untrusted:
            self.init(.refused, error, wayOut: "SSL_CERT_FILE names the certificates to trust")
        case .refused(let fault): self.init(.refused, error, wayOut: Stop.admission(fault))
        case .notFound(let fault): self.init(.configuration, error, wayOut: Stop.direction(fault))
        case .overLimit(let fault):
            let isAboutMoney = fault.reason == "bytesBilledLimitExceeded"
            self.init(
                .configuration, error,
                wayOut:
                    "narrow what is asked for, or \(isAboutMoney ? "raise --maximum-bytes-billed" : "ask for fewer at a time")"
            )
        case .tooLarge: self.init(.configuration, error, wayOut: "give a smaller --batch-size, or fewer ids to exclude")
        case .invalid:
            self.init(.configuration, error, wayOut: "--verbose shows the query that the tables have to fit")
        case .unusable, .tokenInTheClear:
            self.init(.configuration, error)
        }
    }

    /// What would let the user in.
    /// Source of the roles: cloud.google.com/bigquery/docs/access-control.
    private static func admission(_ fault: ServerFault) -> String {
        switch fault.reason {
        case _ where fault.status == 401:
            return "the credentials are not accepted: get a new token, or run gcloud auth application-default login"
        case "accessNotConfigured", "SERVICE_DISABLED":
            return "enable the API in the billing project: gcloud services enable bigquery.googleapis.com"
        case "billingNotEnabled", "accountDisabled", "blocked":
            return "the billing project needs a billing account in good standing; --billing-project names another"
        default: break
        }
        switch fault.permission {
        case "bigquery.jobs.create":
            return "it takes roles/bigquery.jobUser in the billing project; --billing-project names another"
        case "serviceusage.services.use":
            return "it takes roles/serviceusage.serviceUsageConsumer in the quota project;"
                + " GOOGLE_CLOUD_QUOTA_PROJECT names another"
        case let permission?:
            return "it takes roles/bigquery.dataViewer on the table, or another role with \(permission)"
        case nil:
            return "it takes roles/bigquery.dataViewer on the tables and roles/bigquery.jobUser in the billing project;"
                + " the table may also not exist, or lie elsewhere (--location)"
        }
    }

    /// Where to look for what is not there.
    private static func direction(_ fault: ServerFault) -> String {
        if fault.message.description.contains("Not found: Job") {
            return "the job is asked for where --location says: it has to be where the tables lie"
        }
        guard fault.message.description.contains("was not found in location") else { return "check the name" }
        return "check the name; bq show says where a dataset lies, --location where to look for it"
    }
}

/// Runs `body` and turns what BigQuery's client throws into what ends a filter: a `Stop`, or the signal that
/// interrupted it.
public func withStops<Result>(_ signals: Signals, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as BigQueryError {
        try signals.check()
        throw Stop(error)
    }
}

/// Runs `body`, whose complaints are about a table that does not fit: status 78. Only the filter knows which of its
/// options is the way out.
public func withStops<Result>(onColumns wayOut: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ColumnError {
        throw Stop(.configuration, error, wayOut: wayOut)
    }
}

extension Diagnostics {
    /// Says what the client did unasked.
    func tell(_ event: Surroundings.Event) {
        switch event {
        case .cancelled(let job, accepted: true): note("BigQuery: cancelled the job \(job)")
        case .cancelled(let job, accepted: false):
            warning("BigQuery: \(job): may still be running, and be billed; bq cancel \(job) ends it")
        }
    }
}
