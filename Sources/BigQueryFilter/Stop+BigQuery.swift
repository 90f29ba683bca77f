public import BigQuery
public import FilterKit

extension Stop {
    /// What ends a run when BigQuery gives no result: the one place that says which status a failure has.
    public init(_ error: BigQueryError) {
        switch error {
        case .unreachable, .unavailable, .unfinished, .stopped:
            self.init(.tryLater, error, wayOut: "run the same command again later")
        case .quotaExceeded:
            self.init(.tryLater, error, wayOut: "run the same command again when the quota has filled up")
        case .unexpected:
            self.init(.tryLater, error, wayOut: "run the same command again; if this stays, it is a fault to report")
        // Only when the signal could not be told: `withStops` asks for it first.
        case .interrupted: self.init(.tryLater, error)
        case .untrusted:
            self.init(.refused, error, wayOut: "SSL_CERT_FILE names the certificates to trust")
        case .refused(let fault) where fault.status == 401:
            self.init(.refused, error, wayOut: "the access token is no longer good: get a new one")
        case .refused:
            self.init(
                .refused, error,
                wayOut: "it takes roles/bigquery.jobUser in the billing project and roles/bigquery.dataViewer on the"
                    + " tables; the table may also not exist, or lie elsewhere (--location)")
        case .notFound:
            self.init(.configuration, error, wayOut: "check the name, and --location")
        case .overLimit:
            self.init(.configuration, error, wayOut: "narrow the dates, or raise --maximum-bytes-billed")
        case .unusable, .invalid, .tokenInTheClear:
            self.init(.configuration, error)
        }
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
