import Foundation
import TestServer
import TestSupport
import Testing

/// `bootstrap-environment.sh`: what a project gets, and when it is left alone.
@Suite struct BootstrapEnvironmentTests {
    private static let real = "$scripts/infrastructure/bootstrap-environment.sh"
    private static let script = "\(real) --emulator $BIGQUERY_EMULATOR_HOST"
    private static let all = """
        \(script) stage --project=$P --source-table old-$P.strava.activities --dead-letter-subscription dead-letters \
        --dispatcher-url https://dispatcher.example.com/webhook
        """
    private static let failing = "echo \"ERROR: (gcloud.x.y) $answer\" >&2; return 1"

    /// A project, and what is not the script's to make: the dataset of the old table, and the subscription.
    private func project(except exceptions: String = "") throws -> CloudProject {
        let project = try CloudProject(except: exceptions)
        let old = try project.run(
            """
            touch exists.dead-letters
            jq -n --arg project old-$P '{datasetReference: {projectId: $project, datasetId: "strava"}}' |
                /usr/bin/curl -fsS -o /dev/null $BIGQUERY_EMULATOR_HOST/bigquery/v2/projects/old-$P/datasets -d @-
            """)
        #expect(old.status == 0, "\(old.words)")
        return project
    }

    @Test func `a new project gets what the backfill needs`() throws {
        let project = try project()
        let run = try project.run(Self.all)
        #expect(run.status == 0, "\(run.words)")
        let account = "backfill@\(project.id).iam.gserviceaccount.com"
        #expect(
            try project.changes == [
                "services enable bigquery.googleapis.com iam.googleapis.com iamcredentials.googleapis.com"
                    + " secretmanager.googleapis.com pubsub.googleapis.com --project=\(project.id)",
                "iam service-accounts create backfill --project=\(project.id) --display-name=Backfill of activities",
                "projects add-iam-policy-binding \(project.id) --member=serviceAccount:\(account)"
                    + " --role=roles/bigquery.jobUser --condition=None",
                "pubsub subscriptions add-iam-policy-binding dead-letters --project=\(project.id)"
                    + " --member=serviceAccount:\(account) --role=roles/pubsub.viewer",
            ])
        let reader = #"[{"role":"READER","userByEmail":"\#(account)"}]"#
        #expect(try project.bigquery("datasets/desirelines", ".access") == reader)
        #expect(try project.bigquery("datasets/desirelines", ".location") == "US")
        #expect(try project.bigquery("../old-$P/datasets/strava", ".access[-1:]") == reader)
        let shape = "[.schema.fields | length], .timePartitioning.type, .timePartitioning.field, .clustering.fields"
        #expect(
            try project.bigquery("datasets/desirelines/tables/activities", "[\(shape)]")
                == #"[[64],"DAY","start_date",["sport_type","start_date"]]"#)
        #expect(
            try project.bigquery("datasets/desirelines/tables/deleted_activities", "[\(shape)]")
                == #"[[67],"DAY","deleted_at",["deleted_at","start_date"]]"#)
    }

    @Test func `the environment's file is for its owner, and the filters find by it what was made`() throws {
        let project = try project()
        // The old table, by the same means.
        #expect(
            try project.run("\(Self.script) old --project old-$P --dataset strava --environments other").status == 0)
        #expect(try project.run(Self.all).status == 0)
        #expect(try project.run("stat -c %a environments/*; ls environments").lines == ["600", "stage.env"])
        let file = project.text("environments/stage.env")
        for line in [
            "BACKFILL_SOURCE_TABLE=old-\(project.id).strava.activities",
            "BACKFILL_TARGET_TABLE=\(project.id).desirelines.activities",
            "BACKFILL_EXCLUDE_TABLE=\(project.id).desirelines.deleted_activities",
            "BACKFILL_BILLING_PROJECT=\(project.id)", "BACKFILL_LOCATION=US",
            "BACKFILL_DISPATCHER_URL=https://dispatcher.example.com/webhook", "BACKFILL_QUOTA=100/15m,1000/1d",
        ] {
            #expect(file.split(separator: "\n").map(String.init).contains(line), "\(line) is not in \(file)")
        }
        let missing = try project.run("bq-missing --target-env stage --quiet")
        #expect(missing.status == 0 && missing.output.isEmpty && missing.words.isEmpty, "\(missing.words)")
    }

    @Test func `a second run changes nothing and says so at each step`() throws {
        let project = try project()
        #expect(try project.run(Self.all).status == 0)
        let file = project.text("environments/stage.env")
        try project.forget()
        let second = try project.run(Self.all)
        #expect(second.status == 0)
        #expect(try project.changes.isEmpty)
        #expect(project.requests.isEmpty)
        #expect(project.text("environments/stage.env") == file)
        let checks = ["account: ", "project: ", "BigQuery: "].map { "bootstrap-environment: \($0)" }
        let steps = second.words.split(separator: "\n").filter { line in !checks.contains { line.hasPrefix($0) } }
        #expect(steps.count == 14)
        #expect(steps.allSatisfy { $0.hasSuffix(": unchanged") }, "\(second.words)")
    }

    @Test func `a dry run changes nothing, and what it prints does in a shell what the script does`() throws {
        let project = try project()
        let dry = try project.run("\(Self.all) --dry-run")
        #expect(dry.status == 0, "\(dry.words)")
        #expect(try project.changes.isEmpty)
        #expect(project.requests.isEmpty)
        #expect(try project.run("ls environments").status != 0)

        let typed = try project.run(
            "cat >typed; bash -euo pipefail typed </dev/null", input: String(decoding: dry.output, as: UTF8.self))
        #expect(typed.status == 0, "\(typed.words)")
        try project.forget()
        let run = try project.run(Self.all)
        #expect(run.status == 0)
        #expect(try project.changes.isEmpty, "\(run.words)")
        #expect(project.requests.isEmpty, "\(run.words)")
        #expect(run.words.contains("stage.env: unchanged"))
    }

    @Test func `for a dry run nothing is there as long as its API is not enabled`() throws {
        let disabled =
            "echo 'ERROR: (gcloud.x) PERMISSION_DENIED: This API has not been used or it is disabled.' >&2; return 1"
        let project = try project(except: "iam*|pubsub*) \(disabled) ;;")
        let dry = try project.run("\(Self.all) --dry-run")
        #expect(dry.status == 78)
        #expect(dry.words.contains("service account backfill@\(project.id).iam.gserviceaccount.com: to be made\n"))
        #expect(dry.words.hasSuffix("dead-letters: does not exist; check its name\n"), "\(dry.words)")
        #expect(try project.run("\(Self.all)").status == 75)
    }

    @Test(arguments: [
        ("'auth list'*", "", 77, "gcloud: no account is active; run gcloud auth login"),
        (
            "'projects describe'*", "echo DELETE_REQUESTED", 78,
            "DELETE_REQUESTED, not ACTIVE; run gcloud projects undelete"
        ),
        (
            "'projects describe'*", "answer='NOT_FOUND: no such project'; \(failing)", 78,
            ": does not exist; check --project"
        ),
        (
            "'projects describe'*",
            "answer='[me] does not have permission to access projects instance [p] (or it may not exist)'; \(failing)",
            77,
            "(or it may not exist); the README beside the script names the roles that owner@example.com needs"
        ),
        ("'billing projects'*", "echo False", 78, "billing is not enabled; run gcloud billing projects link test-"),
        (
            "'projects get-iam'*",
            "answer=\"PERMISSION_DENIED: Project 'p' not found or permission denied.\"; \(failing)", 77,
            "PERMISSION_DENIED: Project 'p' not found or permission denied; the README"
        ),
        (
            "'services enable'*", "answer='PERMISSION_DENIED: Permission denied to enable service'; \(failing)", 77,
            "PERMISSION_DENIED: Permission denied to enable service; the README"
        ),
        (
            "'iam service-accounts describe'*", "answer='PERMISSION_DENIED: IAM API … or it is disabled.'; \(failing)",
            75,
            "takes some minutes to be enabled everywhere"
        ),
        (
            "'iam service-accounts describe'*", "echo True", 78,
            "disabled; run gcloud iam service-accounts enable backfill@"
        ),
        (
            "'projects add-iam'*", "answer='INVALID_ARGUMENT: Service account b does not exist.'; \(failing)", 75,
            "a new account takes a minute to be known everywhere"
        ),
        (
            "'projects get-iam'*", "answer='UNAVAILABLE: try later'; \(failing)", 75,
            "UNAVAILABLE: try later; run the same command"
        ),
        ("'pubsub subscriptions get'*", "answer='NOT_FOUND: none'; \(failing)", 78, "dead-letters: does not exist"),
    ])
    func `what keeps it from going on has its status and a way out`(
        call: String, answer: String, status: Int32, message: String
    ) throws {
        let project = try project(except: "\(call)) \(answer) ;;")
        let run = try project.run(Self.all)
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.split(separator: "\n").last?.contains(message) == true, "\(run.words)")
        #expect(try project.run("ls environments").status != 0)
    }

    @Test func `without gcloud it says where to get it, and another account than the wanted one ends it`() throws {
        let project = try CloudProject()
        let without = try project.run(
            "mkdir few; ln -s $(command -v bash dirname readlink sed) few; PATH=$PWD/few; \(Self.script) dev --project $P"
        )
        #expect(without.status == 78)
        #expect(without.words.contains("gcloud: not on PATH; install it: https://cloud.google.com/sdk/docs/install"))
        let other = try project.run("\(Self.script) dev --project $P --account me@example.com")
        #expect(other.status == 77)
        #expect(other.words.contains("owner@example.com is active, not me@example.com; run gcloud config set account"))
        #expect(try project.gcloud.calls.map(\.line) == ["auth list --filter=status:ACTIVE --format=value(account)"])
    }

    @Test(arguments: [
        ("", "one environment at a time"), ("dev", "--project: not a project's id: nothing"),
        ("dev prod --project $P", "one environment at a time"), ("Dev --project $P", "NAME: not an environment's name"),
        ("dev --project P", "--project: not a project's id: P"), ("dev --project", "--project: a value is missing"),
        ("dev --project $P --schema tiny", "--schema: not full or minimal: tiny"),
        ("dev --project $P --schema fullXYZ", "--schema: not full or minimal: fullXYZ"),
        ("dev --project $P --emulator 127.0.0.1:9050", "--emulator: not an emulator's URL"),
        ("dev --project $P -- --dry-run", "one environment at a time"),
        ("dev --project $P --dataset 'a b'", "--dataset: not a dataset's name: a b"),
        ("dev --project $P --source-table strava.activities", "--source-table: not project.dataset.table"),
        ("dev --project $P --dispatcher-url http://example.com", "--dispatcher-url: neither https://"),
        ("dev --project $P --service-account b", "--service-account: not an account's name"),
        ("dev --project $P --force", "unknown option: --force"),
        ("dev --project $P '--a[$(touch ran)]=1'", "unknown option: --a["),
    ])
    func `a wrong option ends it before gcloud is asked`(options: String, message: String) throws {
        let project = try CloudProject()
        let run = try project.run("\(Self.real) \(options)")
        #expect(run.status == 64)
        #expect(run.words.contains(message), "\(run.words)")
        #expect(try project.gcloud.calls.isEmpty)
        #expect(try project.run("ls ran").status != 0)
    }

    @Test func `a table that lacks columns is named and left as it is`() throws {
        let project = try project()
        let start = "\(Self.script) dev --project $P"
        #expect(try project.run("\(start) --schema minimal").status == 0)
        #expect(try project.bigquery("datasets/desirelines/tables/activities", ".schema.fields | length") == "23")
        try project.forget()
        let run = try project.run(start)
        #expect(run.status == 78)
        #expect(
            run.words.contains(
                "desirelines.activities: lacks: athlete RECORD; athlete.id INTEGER; athlete.resource_state INTEGER;"
                    + " distance FLOAT; moving_time INTEGER; 186 more (schema: activities_full.json); add them, or"),
            "\(run.words)")
        #expect(project.requests.isEmpty)
        let elsewhere = try project.run("\(start) --location EU")
        #expect(elsewhere.status == 78)
        #expect(elsewhere.words.contains("in US, not in EU, for good; give --location US"))
    }

    @Test func `a file with other values is shown and kept, but for --yes`() throws {
        let project = try project()
        #expect(try project.run(Self.all).status == 0)
        #expect(
            try project.run("sed -i 's/_LOCATION=US/_LOCATION=EU/; s/_ID=$/_ID=42/' environments/stage.env").status == 0
        )
        let edited = project.text("environments/stage.env")
        let kept = try project.run(Self.all)
        #expect(kept.status == 0)
        #expect(kept.words.contains("< BACKFILL_LOCATION=EU\n> BACKFILL_LOCATION=US\n"), "\(kept.words)")
        #expect(kept.words.contains("stage.env: kept as it is; --yes writes it"))
        #expect(project.text("environments/stage.env") == edited)
        #expect(try project.run("\(Self.all) --yes").status == 0)
        #expect(project.text("environments/stage.env") == edited.replacing("_LOCATION=EU", with: "_LOCATION=US"))
        #expect(edited.contains("BACKFILL_SUBSCRIPTION_ID=42\n"))
        // What was kept is said by name, whoever reads the rest.
        let quiet = try project.run("\(Self.all) --location EU --quiet; \(Self.all) --dataset other --quiet")
        #expect(
            quiet.words.contains(
                """
                stage.env: has other values (<) than asked for (>):
                < BACKFILL_TARGET_TABLE=\(project.id).desirelines.activities
                """), "\(quiet.words)")
        #expect(quiet.words.contains("stage.env: kept as it is; --yes writes it"))
        #expect(try project.run("\(Self.all) --dataset other --quiet --yes").words.isEmpty)
        #expect(try project.run("\(Self.all) --quiet --yes").words.isEmpty)
        // What is not asked for is no difference.
        let less = try project.run("\(Self.script) stage --project $P")
        #expect(less.status == 0 && less.words.contains("stage.env: unchanged"), "\(less.words)")
    }

    @Test func `a file behind a link is written where it lies, and whoever could read it still can`() throws {
        let project = try project()
        #expect(try project.run(Self.all).status == 0)
        _ = try project.run(
            """
            sed -i s/_LOCATION=US/_LOCATION=EU/ environments/stage.env
            mkdir real; chmod 640 environments/stage.env; mv environments/stage.env real; ln -s ../real/stage.env environments
            """)
        let dry = try project.run("\(Self.all) --yes --dry-run")
        let typed = try project.run("bash -euo pipefail", input: String(decoding: dry.output, as: UTF8.self))
        #expect(typed.status == 0, "\(typed.words)")
        let look = "readlink environments/stage.env; stat -c %a real/stage.env; grep _LOCATION real/stage.env; ls real"
        let seen = ["../real/stage.env", "640", "BACKFILL_LOCATION=US", "stage.env"]
        #expect(try project.run(look).lines == seen)
        #expect(try project.run("sed -i s/_LOCATION=US/_LOCATION=EU/ real/stage.env; \(Self.all) --yes").status == 0)
        #expect(try project.run(look).lines == seen)
    }

    @Test func `a variable leads to no emulator, and one in the file does not outlive --yes`() throws {
        let project = try project()
        #expect(try project.run(Self.all).status == 0)
        let host = "BIGQUERY_EMULATOR_HOST="
        #expect(project.text("environments/stage.env").contains("\n\(host)http://"))
        try project.program("curl", "echo \"$@\" >>curls; cat >/dev/null; printf '{}\\n404 '")
        try project.forget()
        // The real BigQuery's answer ends it at the dataset, which is to be made.
        let run = try project.run("\(Self.real) stage --project=$P")
        #expect(run.status == 78, "\(run.words)")
        #expect(run.words.contains("BIGQUERY_EMULATOR_HOST: not looked at; --emulator URL is"))
        let curls = project.text("curls").split(separator: "\n")
        #expect(!curls.isEmpty && curls.allSatisfy { $0.contains("https://bigquery.googleapis.com/") })

        try project.program(
            "curl",
            """
            cat >/dev/null
            case "$*" in
                *" GET "*tables/*) schema=full; [[ $* != *deleted* ]] || schema=deleted
                    jq -c '{schema: {fields: .}}' "$scripts"/../schemas/*$schema*.json; printf '200 ' ;;
                *) printf '{"location":"US","etag":"E1","access":[]}\\n200 ' ;;
            esac
            """)
        let kept = try project.run("export scripts; \(Self.real) stage --project=$P")
        #expect(kept.status == 0 && kept.words.contains("< \(host)http://"), "\(kept.words)")
        #expect(try project.run("export scripts; \(Self.real) stage --project=$P --yes").status == 0)
        #expect(project.text("environments/stage.env").contains("\n\(host)\n"))
    }

    @Test func `a token goes over https, or to this machine past any proxy`() throws {
        let project = try CloudProject()
        try project.program("curl", "echo \"$@\" >>curls; exit 7")
        let place = "export CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY"
        let far = try project.run("\(place)=http://192.0.2.1; \(Self.real) dev --project $P")
        #expect(far.status == 64, "\(far.words)")
        #expect(far.words.contains("CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY: neither https:// nor"))
        #expect(try project.text("curls").isEmpty && project.gcloud.calls.isEmpty)
        let here = try CloudProject()
        let server = ScriptedServer { _ in [.answer(403, "{}")] }
        let near = try here.run(
            "\(place)=\(server.url("")) http_proxy=http://127.0.0.1:1 no_proxy=; \(Self.real) dev --project $P")
        #expect(near.status == 77, "\(near.words)")
        #expect(server.requests.count == 1)
        // What a dry run prints has the token, too, once it is typed.
        let new = ScriptedServer { _ in [.answer(404, "{}")] }
        let dry = try here.run("\(place)=\(new.url("")); \(Self.real) dev --project $P --dry-run")
        let typed = dry.lines.filter { $0.contains("print-access-token") }
        #expect(typed.count == 4 && typed.allSatisfy { $0.contains(" --noproxy '*' ") }, "\(dry.lines) \(dry.words)")
    }

    @Test func `it is found by a link, whatever CDPATH says`() throws {
        let project = try CloudProject()
        for script in [
            "infrastructure/bootstrap-environment", "infrastructure/bootstrap-terraform-sa",
            "infrastructure/deploy-secrets", "operations/webhook-management", "development/api-gateway-tunnel",
        ] {
            let folder = script.split(separator: "/")[0]
            let run = try project.run(
                """
                mkdir -p bin elsewhere/scripts/\(folder); ln -sf "$scripts/\(script).sh" bin/link; bin/link --nothing
                cd "$scripts/.."; CDPATH=$OLDPWD/elsewhere scripts/\(script).sh --nothing
                """)
            #expect(run.status == 64, "\(run.words)")
            #expect(
                run.words.split(separator: "\n").allSatisfy { $0.contains(": unknown option: --nothing") },
                "\(run.words)")
        }
    }

    @Test func `an interrupted run leaves no half of a file, and the next one goes on`() throws {
        let project = try project()
        try project.program("mv", "kill -INT $PPID")
        let interrupted = try project.run("mkdir temporary; TMPDIR=$PWD/temporary \(Self.all)")
        #expect(interrupted.status == 130, "\(interrupted.words)")
        #expect(try project.run("ls environments").lines.isEmpty)
        #expect(try project.run("ls temporary").lines.isEmpty)
        try FileManager.default.removeItem(at: project.gcloud.folder.url.appendingPathComponent("bin/mv"))
        try project.forget()
        #expect(try project.run(Self.all).status == 0)
        #expect(try project.changes.isEmpty)
        #expect(project.text("environments/stage.env").hasSuffix("\n"))
    }

    @Test(arguments: [
        (
            "503", #"{"error":{"message":"Backend error","errors":[{"reason":"backendError"}]}}"#, 75,
            "HTTP 503: Backend error (backendError)"
        ),
        (
            "403", #"{"error":{"message":"Access Denied","errors":[{"reason":"accessDenied"}]}}"#, 77,
            "HTTP 403: Access Denied (accessDenied); the README"
        ),
        ("403", #"{"error":{"message":"Too many","errors":[{"reason":"rateLimitExceeded"}]}}"#, 75, "later"),
        (
            "403", #"{"error":{"message":"It has not been used before or it is disabled."}}"#, 75,
            "to be enabled everywhere"
        ),
        ("401", "<html>", 77, "HTTP 401: <html>"), ("000", "", 75, "HTTP 000"),
        (
            "503", #"{"error":{"message":"\u001b[2J\u009b\u202eya29.a-token-of-the-stand-in"}}"#, 75,
            "HTTP 503:  [2J     ... (null); run"
        ),
    ])
    func `BigQuery's refusal has its status, and the token is in no argument and no message`(
        http: String, body: String, status: Int32, message: String
    ) throws {
        let project = try CloudProject()
        try project.program("curl", "printf '%s ' \"$@\" >>curls; cat >>read-by-curl; printf '%s\\n\(http) ' '\(body)'")
        let run = try project.run("\(Self.real) dev --project $P")
        #expect(run.status == status, "\(run.words)")
        #expect(
            run.words.contains("dataset \(project.id).desirelines: ") && run.words.contains(message), "\(run.words)")
        #expect(
            project.text("curls").contains(
                "https://bigquery.googleapis.com/bigquery/v2/projects/\(project.id)/datasets/"))
        let token = "ya29.a-token-of-the-stand-in"
        #expect(project.text("read-by-curl").contains("header = \"Authorization: Bearer \(token)\""))
        #expect(!project.text("curls").contains(token) && !run.words.contains(token))
        #expect(run.words.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) }, "\(run.words)")
        #expect(try project.gcloud.calls.allSatisfy { !$0.line.contains(token) })
    }

    @Test func `a list of access that is not shown is not replaced`() throws {
        let project = try CloudProject()
        try project.program(
            "curl",
            """
            cat >/dev/null
            case "$*" in
                *" GET "*tables/*) schema=full; [[ $* != *deleted* ]] || schema=deleted
                    jq -c '{schema: {fields: .}}' "$scripts"/../schemas/*$schema*.json; printf '200 ' ;;
                *" GET "*) printf '{"location":"US","etag":"E1"}\\n200 ' ;;
                *) echo "$@" >>curls; printf '{}\\n200 ' ;;
            esac
            """)
        let run = try project.run("export scripts; \(Self.real) dev --project $P")
        #expect(run.status == 77)
        #expect(run.words.contains("owner@example.com may not see who has access; be its owner"), "\(run.words)")
        #expect(run.words.contains("activities: not partitioned by the day of start_date"), "\(run.words)")
        #expect(project.text("curls").isEmpty)
    }
}
