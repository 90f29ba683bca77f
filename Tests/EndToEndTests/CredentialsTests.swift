import Foundation
import TestSupport
import Testing

/// The filters with each kind of credentials, against token services that verify what they are sent, signatures included.
@Suite struct CredentialsTests {
    private let google: GoogleStandIn
    private let missing = "bq-missing --source-project progressor-x --no-target --limit 2"
    private let first = #"{"id":10000000000,"athlete_id":4711001,"start_date":"2023-01-01T00:00:00Z","type":"Hike"}"#

    init() throws { google = try GoogleStandIn() }

    private func isBigQuery(_ request: GoogleStandIn.Request) -> Bool { request.host == "bigquery.googleapis.com" }

    // MARK: Each kind

    private static let target = "target@example-project.iam.gserviceaccount.com"
    private static let impersonation =
        "iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/\(target):generateAccessToken"

    private static let kinds: [(name: String, exchanges: [String], account: String)] = [
        ("service-account", ["oauth2.googleapis.com/token"], "backfill@example-project.iam.gserviceaccount.com"),
        ("user", ["oauth2.googleapis.com/token"], "user"),
        ("impersonated-by-user", ["oauth2.googleapis.com/token", impersonation], target),
        ("impersonated-by-service-account", ["oauth2.googleapis.com/token", impersonation], target),
        ("external-text", ["sts.googleapis.com/v1/token"], "federated"),
        ("external-json", ["sts.googleapis.com/v1/token"], "federated"),
        ("external-url", ["/subject-token", "sts.googleapis.com/v1/token"], "federated"),
        ("external-impersonated", ["sts.googleapis.com/v1/token", impersonation], target),
        ("external-workforce", ["sts.googleapis.com/v1/token"], "federated"),
        ("external-client", ["sts.googleapis.com/v1/token"], "federated"),
        ("external-account-user", ["sts.googleapis.com/v1/oauthtoken"], "workforce"),
    ]

    @Test func `each kind of credentials gets one token for a run, and BigQuery takes it`() throws {
        for (name, exchanges, account) in CredentialsTests.kinds {
            let run = try google.run(
                "\(missing) >ids && bq-fetch --source-project progressor-x --columns name <ids", as: name)
            #expect(run.status == 0, "\(name): \(run.words)")
            #expect(run.lines.count == 2, "\(name)")
            let requests = try google.newRequests()
            // Two filters, so all of it twice.
            let asked = requests.filter { !isBigQuery($0) }.map { $0.host + $0.path }
            #expect(asked == exchanges + exchanges, "\(name)")
            #expect(requests.allSatisfy { $0.status == 200 }, "\(name): \(requests)")
            #expect(requests.filter(isBigQuery).count >= 4, "\(name)")
            #expect(Set(requests.filter(isBigQuery).map(\.account)) == [account], "\(name)")
        }
    }

    @Test func `on a machine of Google's the metadata server gives project and token, not by way of the proxy`() throws
    {
        let run = try google.run(missing, as: nil, environment: ["HTTP_PROXY": "", "http_proxy": "http://127.0.0.1:1"])
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.first == first)
        let requests = try google.newRequests()
        let metadata = requests.filter { $0.host.isEmpty }.map(\.path)
        #expect(
            metadata == [
                "/computeMetadata/v1/project/project-id",
                "/computeMetadata/v1/instance/service-accounts/default/token",
            ])
        #expect(requests.contains { $0.path == "/bigquery/v2/projects/example-project/jobs" })
    }

    // MARK: Projects

    @Test func `whoever is named first pays: option, variable, the credentials' project, the source's`() throws {
        func payer(_ name: String, _ option: String = "", _ environment: [String: String] = [:]) throws -> String? {
            let run = try google.run("\(missing) \(option)", as: name, environment: environment)
            #expect(run.status == 0, "\(run.words)")
            return try google.newRequests().last { $0.path.hasSuffix("/jobs") }?.path.split(separator: "/")[3]
                .description
        }
        let variable = ["GOOGLE_CLOUD_PROJECT": "variable-project"]
        #expect(try payer("service-account", "--billing-project option-project", variable) == "option-project")
        #expect(try payer("service-account", "", variable) == "variable-project")
        #expect(try payer("service-account") == "example-project")
        #expect(try payer("user") == "progressor-x")
    }

    @Test func `the quota project is the file's, unless the variable names another`() throws {
        func quotaProject(_ name: String, _ environment: [String: String] = [:]) throws -> String? {
            let run = try google.run(missing, as: name, environment: environment)
            #expect(run.status == 0, "\(run.words)")
            let requests = try google.newRequests()
            #expect(requests.allSatisfy { isBigQuery($0) || $0.quotaProject == nil }, "token services know of no quota")
            return requests.last(where: isBigQuery)?.quotaProject
        }
        #expect(try quotaProject("user") == "quota-project")
        #expect(try quotaProject("user", ["GOOGLE_CLOUD_QUOTA_PROJECT": "other-project"]) == "other-project")
        #expect(try quotaProject("service-account") == nil)
    }

    // MARK: Tokens that end

    @Test func `a token that BigQuery takes no more is replaced, and the run goes on`() throws {
        let run = try google.run(missing, as: "brief")
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.first == first)
        let statuses = try google.newRequests().filter(isBigQuery).map(\.status)
        #expect(statuses == [200, 401, 200, 401, 200, 401, 200])
    }

    @Test func `the file of an access token is read again when its token was refused`() throws {
        let token = try google.run(
            """
            form='grant_type=refresh_token&client_id=764086051850.apps.googleusercontent.com'
            curl -fsS --cacert "$SSL_CERT_FILE" -d "$form&client_secret=client-secret&refresh_token=refresh-good" \
                https://oauth2.googleapis.com/token | jq -r .access_token
            """, as: "user"
        ).lines[0]
        // A named pipe is read by each opening anew: first the old token, and after its refusal what a script puts there.
        let run = try google.run(
            """
            mkfifo token
            renew() { until grep -q '"status": *401' state/requests.ndjson; do sleep 0.02; done; echo \(token) >token; }
            { echo ya29.old >token; renew; } &
            \(missing) --access-token-file token
            """, as: "service-account")
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.first == first)
        let refused = try google.run("echo ya29.old >old; \(missing) --access-token-file old", as: "service-account")
        #expect(refused.status == 77, "the option wins over other credentials")
    }

    @Test func `a service that is down for a moment is asked again`() throws {
        #expect(try google.run(missing, as: "flaky").status == 0)
        #expect(try google.newRequests().prefix(3).map(\.status) == [503, 500, 200])
        #expect(try google.run(missing, as: "busy").status == 0)
        let closed = try google.run(missing, as: "closed")
        #expect(closed.status == 75, "\(closed.words)")
        #expect(closed.words.contains("asks to wait 7200 s"))
    }

    // MARK: Refusals

    private static let refusals: [(name: String, why: String, wayOut: String)] = [
        ("unknown-key", "Invalid JWT Signature", "the key was deleted"),
        ("unknown-account", "account not found", "the account deleted or disabled"),
        ("late", "the clock here is 2h0m behind oauth2.googleapis.com", "set the clock"),
        ("early", "the clock here is 15m0s ahead of oauth2.googleapis.com", "set the clock"),
        ("user-expired", "Token has been expired or revoked", "gcloud auth application-default login"),
        ("user-rapt", "invalid_rapt", "gcloud auth application-default login"),
        ("user-client", "invalid_client", "gcloud auth application-default login"),
        ("impersonated-denied", "iam.serviceAccounts.getAccessToken", "roles/iam.serviceAccountTokenCreator"),
        ("external-stale", "stale to sign-in", "the subject token has expired"),
    ]

    @Test func `what Google refuses ends with 77, its reason and a way out`() throws {
        for (name, why, wayOut) in CredentialsTests.refusals {
            let run = try google.run(missing, as: name)
            #expect(run.status == 77, "\(name)")
            #expect(run.words.contains(why) && run.words.contains(wayOut), "\(name): \(run.words)")
            let requests = try google.newRequests()
            #expect(!requests.isEmpty && !requests.contains(where: isBigQuery), "\(name): \(requests)")
        }
    }

    @Test func `a file that cannot be used, or trusted, ends with 78 before anything is sent`() throws {
        for name in [
            "aws", "executable", "unknown-type", "evil-token-uri", "evil-sts", "evil-impersonation", "evil-subject",
            "universe", "no-key", "bad-key", "not-json", "absent",
        ] {
            let run = try google.run(missing, as: name)
            #expect(run.status == 78, "\(name)")
            #expect(run.words.contains("\(name).json: "), "\(run.words)")
            #expect(try google.newRequests().isEmpty, "\(name)")
        }
    }

    @Test func `a token does not go over plain HTTP to another machine`() throws {
        let endpoint = ["CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY": "http://bigquery.googleapis.com"]
        let run = try google.run(missing, as: "user", environment: endpoint)
        #expect(run.status == 78, "\(run.words)")
        #expect(try google.newRequests().filter(isBigQuery).isEmpty)
    }

    @Test func `to this machine a token goes by itself, and not by way of a proxy`() throws {
        let run = try google.run(
            """
            export CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY=$BIGQUERY_EMULATOR_HOST
            export BIGQUERY_EMULATOR_HOST= http_proxy=http://127.0.0.1:1
            \(missing) --timeout 5s
            """, as: "user",
            environment: ["BIGQUERY_EMULATOR_HOST": ProcessInfo.processInfo.environment["BIGQUERY_EMULATOR_HOST"] ?? ""]
        )
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.first == first)
    }

    @Test func `a stand-in that nobody vouches for gets no secret`() throws {
        let run = try google.run(missing, as: "user", environment: ["SSL_CERT_FILE": ""])
        #expect(run.status == 77, "\(run.words)")
        #expect(try google.newRequests().isEmpty)
    }

    // MARK: Secrets

    @Test func `no secret is shown, however much is said`() throws {
        let secrets = ["ya29.", "eyJ", "client-secret", "refresh-", "subject-token", "PRIVATE KEY"]
        for name in ["service-account", "user", "impersonated-by-user", "external-impersonated", "user-expired"] {
            let run = try google.run("\(missing) --verbose", as: name)
            #expect(run.words.contains("\(name).json (GOOGLE_APPLICATION_CREDENTIALS)"), "\(run.words)")
            for secret in secrets { #expect(!run.words.contains(secret), "\(secret): \(run.words)") }
        }
        let log = try String(contentsOfFile: google.path("requests.ndjson"), encoding: .utf8)
        for secret in secrets { #expect(!log.contains(secret), "the stand-in's own log") }
    }

    @Test func `a process that knows a secret leaves no core dump, whatever Swift prints for others`() throws {
        func ending(_ options: String, _ environment: [String: String]) throws -> String {
            let run = try google.run(
                """
                ulimit -c unlimited; [[ -p never ]] || mkfifo never
                \(missing) \(options) & filter=$!
                sleep 1; kill -ABRT $filter; wait $filter
                """, as: "user", environment: environment)
            return run.words
        }
        // Where the system keeps no dumps at all, there is nothing to see.
        let plain = ["BIGQUERY_EMULATOR_HOST": "127.0.0.1:1", "SWIFT_BACKTRACE": "enable=no"]
        guard try ending("", plain).contains("core dumped") else { return }
        let words = try ending("--access-token-file never", ["SWIFT_BACKTRACE": "enable=yes"])
        #expect(words.contains("Aborted") && !words.contains("core dumped"), "\(words)")
        #expect(!words.contains("Registers"), "\(words)")
    }
}
