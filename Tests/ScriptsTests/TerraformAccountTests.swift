import TestSupport
import Testing

/// `bootstrap-terraform-sa.sh`: who may do what afterwards.
@Suite struct TerraformAccountTests {
    private static let prod = """
        $scripts/infrastructure/bootstrap-terraform-sa.sh prod --project=$P --state-bucket state-of-prod \
        --dev-state-bucket=state-of-dev
        """
    private static let failing = "echo \"ERROR: (gcloud.x.y) $answer\" >&2; return 1"

    private func project(except exceptions: String = "") throws -> CloudProject {
        let project = try CloudProject(except: exceptions)
        _ = try project.run("touch exists.gs:__state-of-prod exists.gs:__state-of-dev")
        return project
    }

    @Test func `the account gets its roles, its bucket, dev's for reading, and the caller as who may act as it`() throws
    {
        let project = try project()
        let run = try project.run(Self.prod)
        #expect(run.status == 0, "\(run.words)")
        let account = "terraform@\(project.id).iam.gserviceaccount.com"
        let granted = [
            "serviceusage.serviceUsageAdmin", "run.admin", "cloudfunctions.admin", "eventarc.admin",
            "artifactregistry.admin", "pubsub.admin", "bigquery.admin", "storage.admin", "secretmanager.admin",
            "iam.serviceAccountAdmin", "iam.serviceAccountUser", "resourcemanager.projectIamAdmin", "monitoring.editor",
            "logging.configWriter",
        ].map {
            "projects add-iam-policy-binding \(project.id) --member=serviceAccount:\(account) --role=roles/\($0)"
                + " --condition=None"
        }
        #expect(
            try project.changes == [
                "services enable iam.googleapis.com iamcredentials.googleapis.com cloudresourcemanager.googleapis.com"
                    + " serviceusage.googleapis.com --project=\(project.id)",
                "iam service-accounts create terraform --project=\(project.id) --display-name=Terraform for prod",
            ] + granted + [
                "storage buckets add-iam-policy-binding gs://state-of-prod --member=serviceAccount:\(account)"
                    + " --role=roles/storage.objectAdmin --condition=None",
                "storage buckets add-iam-policy-binding gs://state-of-dev --member=serviceAccount:\(account)"
                    + " --role=roles/storage.objectViewer --condition=None",
                "iam service-accounts add-iam-policy-binding \(account) --project=\(project.id)"
                    + " --member=user:owner@example.com --role=roles/iam.serviceAccountTokenCreator --condition=None",
            ])
    }

    @Test func `a second run changes nothing, and looks at each policy once`() throws {
        let project = try project()
        #expect(try project.run(Self.prod).status == 0)
        try project.forget()
        let second = try project.run(Self.prod)
        #expect(second.status == 0)
        #expect(try project.changes.isEmpty)
        #expect(second.words.split(separator: "\n").filter { $0.hasSuffix(": unchanged") }.count == 22)
        #expect(try project.gcloud.calls.filter { $0.args.contains("get-iam-policy") }.count == 4)
    }

    @Test func `a binding with a condition is not the one that is wanted`() throws {
        let project = try project()
        #expect(try project.run(Self.prod).status == 0)
        let edit = ".bindings |= map(if .role == \"roles/run.admin\" then .condition = {title: \"today\"} else . end)"
        #expect(try project.run("policy=$(jq '\(edit)' policy.$P); echo \"$policy\" >policy.$P").status == 0)
        try project.forget()
        #expect(try project.run(Self.prod).status == 0)
        #expect(try project.changes.map { $0.contains("--role=roles/run.admin --condition=None") } == [true])
    }

    @Test func `a dry run changes nothing, and what it prints does in a shell what the script does`() throws {
        let project = try project()
        let dry = try project.run("\(Self.prod) --dry-run")
        #expect(dry.status == 0, "\(dry.words)")
        #expect(try project.changes.isEmpty)
        #expect(dry.lines.count == 19)
        #expect(dry.lines.allSatisfy { $0.hasPrefix("gcloud ") })
        #expect(try project.run("bash -euo pipefail", input: String(decoding: dry.output, as: UTF8.self)).status == 0)
        try project.forget()
        #expect(try project.run(Self.prod).status == 0)
        #expect(try project.changes.isEmpty)
    }

    @Test func `others may act as it, and it may have more roles`() throws {
        let project = try project()
        let run = try project.run(
            "\(Self.prod) --impersonator group:infra@example.com --also roles/firebase.admin,roles/datastore.owner")
        #expect(run.status == 0)
        let changes = try project.changes
        #expect(changes.contains { $0.contains("--role=roles/datastore.owner") })
        #expect(
            changes.last?.contains("--member=group:infra@example.com --role=roles/iam.serviceAccountTokenCreator")
                == true)
        #expect(!changes.contains { $0.contains("user:owner@example.com") })
    }

    @Test func `a service account that calls it is called one`() throws {
        let project = try project(except: "'auth list'*) echo ci@p.iam.gserviceaccount.com ;;")
        #expect(try project.run(Self.prod).status == 0)
        #expect(try project.changes.last?.contains("--member=serviceAccount:ci@p.iam.gserviceaccount.com ") == true)
    }

    @Test(arguments: [
        ("'auth list'*", "", 77, "run gcloud auth login"),
        ("'projects describe'*", "answer='NOT_FOUND: none'; \(failing)", 78, "does not exist; check --project"),
        (
            "'storage buckets describe'*", "answer='gs://state-of-prod not found: 404.'; \(failing)", 78,
            "does not exist; run gcloud storage buckets create gs://state-of-prod --project=test-"
        ),
        (
            "'storage buckets get'*", "answer='HTTPError 403: owner@example.com may not.'; \(failing)", 77,
            "gs://state-of-prod: HTTPError 403: owner@example.com may not; the README"
        ),
        (
            "'iam service-accounts create'*", "answer='RESOURCE_EXHAUSTED: quota'; \(failing)", 75,
            "run the same command again"
        ),
    ])
    func `what keeps it from going on has its status and a way out`(
        call: String, answer: String, status: Int32, message: String
    ) throws {
        let project = try project(except: "\(call)) \(answer) ;;")
        let run = try project.run(Self.prod)
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.split(separator: "\n").last?.contains(message) == true, "\(run.words)")
    }

    @Test(arguments: [
        ("dev --project $P", "--state-bucket: not a bucket's name: nothing"),
        ("dev --project $P --state-bucket gs://b", "--state-bucket: not a bucket's name: gs://b"),
        ("prod --project $P --state-bucket bucket --dev-state-bucket bucket", "the same as --state-bucket: bucket"),
        ("dev --project $P --state-bucket bucket --impersonator me", "--impersonator: not user:, group: or"),
        ("dev --project $P --state-bucket bucket --also owner", "--also: not roles with commas between: owner"),
    ])
    func `a wrong option ends it before gcloud is asked`(options: String, message: String) throws {
        let project = try project()
        let run = try project.run("$scripts/infrastructure/bootstrap-terraform-sa.sh \(options)")
        #expect(run.status == 64)
        #expect(run.words.contains(message), "\(run.words)")
        #expect(try project.gcloud.calls.isEmpty)
    }

    @Test func `prod without dev's bucket is told so`() throws {
        let project = try project()
        let run = try project.run(
            "$scripts/infrastructure/bootstrap-terraform-sa.sh prod --project $P --state-bucket state-of-prod")
        #expect(run.status == 0)
        #expect(run.words.contains("no --dev-state-bucket: prod's Terraform reads nothing of dev's state"))
        #expect(try project.changes.allSatisfy { !$0.contains("state-of-dev") })
    }
}
