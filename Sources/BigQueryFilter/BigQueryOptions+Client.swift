public import BigQuery
public import FilterKit
import HTTP
import NDJSON

/// A client, and what each of its queries has in common.
public struct Connection {
    /// Talks to the service.
    public let client: Client
    private let labels: [String: String]
    private let location: String?
    private let maximumBytesBilled: Int64?
    private let show: (String) -> Void

    /// A query with the labels, the bounds and the place that the options ask for.
    ///
    /// `place` is where the tables are known to lie; the option wins.
    public func query(
        _ sql: String, _ parameters: [QueryParameter], in place: String?, pageRows: Int? = nil
    ) -> Query {
        Query(
            sql, parameters: parameters, labels: labels, location: location ?? place,
            maximumBytesBilled: maximumBytesBilled, pageRows: pageRows)
    }

    /// Runs a query, and shows it to those who gave `--verbose`. Throws `BigQueryError`.
    public func run(_ query: Query) throws -> ResultRows {
        for line in query.lines { show(line) }
        let rows = try client.run(query)
        let bytes = rows.isFromCache ? ", from the cache" : rows.bytesProcessed.map { ", \($0) bytes read" } ?? ""
        show("BigQuery: job \(rows.job): \(rows.totalRows) rows\(bytes)")
        return rows
    }

    init(
        client: Client, labels: [String: String], location: String?, maximumBytesBilled: Int64?,
        show: @escaping (String) -> Void = { _ in }
    ) {
        self.client = client
        self.labels = labels
        self.location = location
        self.maximumBytesBilled = maximumBytesBilled
        self.show = show
    }
}

extension BigQueryOptions {
    /// A connection for the filter `stage`. `table` belongs to the project that pays when nobody names another.
    public func connection(
        _ edge: borrowing Edge, _ settings: Settings, stage: String, paidBy table: TableName
    ) throws -> Connection {
        let (service, isEmulator) = try service(settings)
        if isEmulator {
            edge.diagnostics.note("BigQuery: emulator at \(service.url)")
            if accessTokenFile != nil {
                edge.diagnostics.warning("--access-token-file: not used: an emulator takes none")
            }
        }
        let access = isEmulator ? .open : try access(edge, settings)
        let quotaProject = try settings["GOOGLE_CLOUD_QUOTA_PROJECT"].map { try settings.parse($0, ProjectID.init) }
        let client = Client(
            service: service, project: try payer(settings) ?? access.project() ?? table.project,
            transport: CurlTransport(
                // BigQuery compresses only for those who say "gzip" here too.
                userAgent: "\(Version.userAgent) (gzip)", interruptedBy: edge.signals.descriptor,
                certificateAuthorities: try edge.certificateAuthorities()),
            token: access.tokenSource, quotaProject: quotaProject?.description ?? access.quotaProject,
            limits: Client.Limits(call: timeout), surroundings: surroundings(edge))
        let maximum =
            try maximumBytesBilled
            ?? settings["BACKFILL_MAXIMUM_BYTES_BILLED"].map {
                try settings.parse($0, ByteSize.init)
            }
        return Connection(
            client: client, labels: ["tool": "activity-backfill", "stage": stage],
            location: try location(settings)?.name,
            maximumBytesBilled: maximum.map { Int64($0.bytes) }, show: edge.diagnostics.detail)
    }

    private func surroundings(_ edge: borrowing Edge) -> Surroundings {
        let (signals, diagnostics) = (edge.signals, edge.diagnostics)
        let patience = "no answer yet: asked again for up to \(timeout.components.seconds) s (--timeout)"
        var hasWaited = false
        return Surroundings(
            now: Clock.monotonic, unixTime: { Clock.wall().unixSeconds },
            sleep: { pause in
                // Once: whoever waits for minutes wants to know what for, and not every second.
                if !hasWaited { diagnostics.note("BigQuery: \(patience)") }
                hasWaited = true
                try signals.sleep(for: pause)
            },
            random: { UInt64.random(in: .min ... .max) }, tell: diagnostics.tell)
    }

    /// A named environment has the service that its file names: a variable that is left over from a trial would fill it
    /// with sample data.
    private func service(_ settings: Settings) throws -> (Service, isEmulator: Bool) {
        if let setting = settings.destination("BIGQUERY_EMULATOR_HOST") {
            return (try settings.parse(setting, Service.init), true)
        }
        if let setting = settings.destination("CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY") {
            return (try settings.parse(setting, Service.init), false)
        }
        return (.google, false)
    }

    private func payer(_ settings: Settings) throws -> ProjectID? {
        if let billingProject { return billingProject }
        for key in ["BACKFILL_BILLING_PROJECT", "GOOGLE_CLOUD_PROJECT"] {
            if let setting = settings[key] { return try settings.parse(setting, ProjectID.init) }
        }
        return nil
    }
}
