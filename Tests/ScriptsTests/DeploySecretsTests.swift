import Foundation
import TestSupport
import Testing

/// `deploy-secrets.sh`: what becomes a version, and where the secret's values do not go.
@Suite struct DeploySecretsTests {
    private static let script = "$scripts/infrastructure/deploy-secrets.sh"
    private static let deploy = "\(script) stage --project $P strava_auth.json"
    private static let secret = "0123456789abcdef0123456789abcdef01234567"
    private static let token = "Kx7pQz-r4TmWn"
    private static let auth = """
        {"client_id": 12345, "client_secret": "\(secret)",
          "webhook_verify_token": "\(token)", "webhook_subscription_id": 98765}

        """

    private func project(except exceptions: String = "", auth: String = auth) throws -> CloudProject {
        let project = try CloudProject(except: exceptions)
        _ = try project.run("umask 077; cat >strava_auth.json", input: auth)
        return project
    }

    /// No part of a secret is in an argument or among the words.
    private func expectNoSecret(in project: CloudProject, _ runs: Run...) throws {
        let seen = try project.gcloud.calls.map(\.line) + runs.flatMap { [$0.words] + $0.lines }
        for part in [Self.secret.prefix(8), Self.secret.suffix(8), Self.token.prefix(6), Self.token.suffix(6)] {
            #expect(!seen.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test func `a new secret is made, and the file is its first version, byte for byte, by stdin`() throws {
        let project = try project()
        let run = try project.run("\(Self.deploy) --yes")
        #expect(run.status == 0, "\(run.words)")
        #expect(
            try project.changes == [
                "secrets create strava-auth --project=\(project.id) --replication-policy=automatic",
                "secrets versions add strava-auth --project=\(project.id) --data-file=-",
            ])
        #expect(
            project.text("secret.strava-auth/1.data").trimmingCharacters(in: .newlines) + "\n\n" == Self.auth + "\n")
        #expect(run.words.contains("  client_secret: absent -> deb87fab\n"), "\(run.words)")
        #expect(try project.run("printf %s \(Self.secret) | sha256sum | cut -c 1-8").lines == ["deb87fab"])
        try expectNoSecret(in: project, run)
        #expect(
            try project.run("grep -rl \(Self.secret) . ${TMPDIR:-/tmp}/gcloud.* 2>/dev/null | sort").lines == [
                "./calls.ndjson", "./secret.strava-auth/1.data", "./strava_auth.json",
            ])
    }

    @Test func `the same content is no new version, however it is written`() throws {
        let project = try project()
        #expect(try project.run("\(Self.deploy) --yes").status == 0)
        try project.forget()
        let same = try project.run("\(Self.deploy) --yes")
        let sorted = try project.run("jq -cS . strava_auth.json | \(Self.script) stage --project $P -")
        for run in [same, sorted] {
            #expect(run.status == 0, "\(run.words)")
            #expect(run.words.contains("secret strava-auth of \(project.id): version 1: unchanged"))
        }
        #expect(try project.changes.isEmpty)
        try expectNoSecret(in: project, same, sorted)
    }

    @Test func `a change is shown by key and hash, and the version before is disabled on demand`() throws {
        let project = try project()
        #expect(try project.run("\(Self.deploy) --yes").status == 0)
        try project.forget()
        let change = "sed 's/\(Self.token)/another-token/; s/98765/\"98765\"/' strava_auth.json"
        let run = try project.run("\(change) | \(Self.script) stage --project $P - --yes --disable-previous")
        #expect(run.status == 0)
        let shown = run.words.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(String.init)
        #expect(
            shown == [
                "  client_id: unchanged", "  client_secret: unchanged",
                "  webhook_subscription_id: 79737ac4 number -> 79737ac4",
                "  webhook_verify_token: 3e8fa29d -> 9e78bcb9",
            ])
        #expect(
            try project.changes == [
                "secrets versions add strava-auth --project=\(project.id) --data-file=-",
                "secrets versions disable 1 --secret=strava-auth --project=\(project.id)",
            ])
        try expectNoSecret(in: project, run)
        try project.forget()
        #expect(try project.run("\(change) | \(Self.script) stage --project $P - --disable-previous").status == 0)
        #expect(try project.changes.isEmpty)
    }

    @Test func `a latest version that is disabled is as good as none`() throws {
        let project = try project()
        #expect(try project.run("\(Self.deploy) --yes; echo DISABLED >secret.strava-auth/1.state").status == 0)
        try project.forget()
        let run = try project.run("\(Self.deploy) --yes")
        #expect(run.status == 0)
        #expect(try project.changes == ["secrets versions add strava-auth --project=\(project.id) --data-file=-"])
    }

    @Test func `a dry run changes nothing, and what it prints does in a shell what the script does`() throws {
        let project = try project()
        let dry = try project.run("\(Self.deploy) --dry-run")
        #expect(dry.status == 0, "\(dry.words)")
        #expect(try project.changes.isEmpty)
        try expectNoSecret(in: project, dry)
        #expect(
            dry.lines.last
                == "gcloud secrets versions add strava-auth --project=\(project.id) --data-file=strava_auth.json")
        // This project takes what it is given by stdin only; gcloud itself reads the file.
        let typed = try project.run(
            "sed 's/-file=strava_auth.json/-file=- <strava_auth.json/' | bash -euo pipefail",
            input: String(decoding: dry.output, as: UTF8.self))
        #expect(typed.status == 0, "\(typed.words)")
        try project.forget()
        #expect(try project.run(Self.deploy).status == 0)
        #expect(try project.changes.isEmpty)
    }

    @Test func `it asks, and without a terminal it wants --yes`() throws {
        let project = try project()
        let run = try project.run(Self.deploy)
        #expect(run.status == 64)
        #expect(run.words.contains("Deploy this to stage? Type its name: no terminal to ask on; give --yes"))
        #expect(try project.changes.isEmpty)
        // script(1) gives it one.
        for (typed, status) in [("prod", Int32(64)), ("stage", 0)] {
            let answered = try project.run("echo \(typed) | script -qec \"\(Self.deploy)\" /dev/null")
            #expect(answered.status == status, "\(answered.lines)")
            #expect(try project.changes.isEmpty == (status != 0))
        }
    }

    @Test(arguments: [
        ("[1]", "not a JSON object"), ("{", "not a JSON object"), ("{}{}", "not a JSON object"),
        ("", "not a JSON object"),
        (
            "{}",
            "client_id is no id, webhook_subscription_id is no id, client_secret is no text without blanks,"
                + " webhook_verify_token is no text without blanks; see the application at"
        ),
        (auth.replacing("12345", with: "0"), "client_id is no id;"),
        (auth.replacing("12345", with: "1.5"), "client_id is no id;"),
        (auth.replacing("98765", with: "\"12 3\""), "webhook_subscription_id is no id;"),
        (auth.replacing("98765", with: "1234567890123456789"), "webhook_subscription_id is no id;"),
        (auth.replacing(secret, with: ""), "client_secret is no text without blanks;"),
        (auth.replacing(secret, with: "\(secret)\\n"), "client_secret is no text without blanks;"),
        (auth.replacing("\"\(token)\"", with: "7"), "webhook_verify_token is no text without blanks;"),
        (auth.replacing("client_id", with: "client_id\": 1, \"\\u001b["), "a key is no word"),
        (
            auth.replacing("{", with: "{\"note\": [9007199254740993],"),
            "a number of 2^53 or more, which jq would round; write it as a text"
        ),
    ])
    func `what is no such file is refused before gcloud is asked, and not quoted`(auth: String, message: String) throws
    {
        let project = try project(auth: auth)
        let run = try project.run(Self.deploy)
        #expect(run.status == 78, "\(run.words)")
        #expect(
            run.words.hasPrefix("deploy-secrets: strava_auth.json: ") && run.words.contains(message), "\(run.words)")
        #expect(try project.gcloud.calls.isEmpty)
        try expectNoSecret(in: project, run)
    }

    @Test func `a file that others can read, and a key that nobody knows, are told of`() throws {
        let project = try project(auth: Self.auth.replacing("{\"client_id\"", with: "{\"note\": \"n\", \"client_id\""))
        let run = try project.run("chmod 644 strava_auth.json; \(Self.deploy) --yes")
        #expect(run.status == 0)
        #expect(
            run.words.contains(
                "strava_auth.json: can be read by others on this machine; run chmod 600 strava_auth.json"))
        #expect(run.words.contains("strava_auth.json: not known, but deployed with the rest: note\n"))
        let none = try project.run("\(Self.script) stage --project $P nowhere.json")
        #expect(none.status == 78)
        #expect(none.words.contains("nowhere.json: no file that can be read; check its name"))
    }

    @Test(arguments: [
        ("'secrets describe'*", "PERMISSION_DENIED: no", 77, "secret strava-auth: PERMISSION_DENIED: no; the README"),
        (
            "'secrets versions access'*", "PERMISSION_DENIED: no", 77,
            "secret strava-auth: PERMISSION_DENIED: no; the README"
        ),
        ("'secrets versions add'*", "UNAVAILABLE: later", 75, "UNAVAILABLE: later; run the same command again later"),
    ])
    func `what keeps it from going on has its status and a way out`(
        call: String, answer: String, status: Int32, message: String
    ) throws {
        let project = try project(
            except: "\(call)) [[ ! -e fails ]] || { echo \"ERROR: (g) \(answer)\" >&2; return 1; }; . project ;;")
        _ = try project.run(
            "ln -s \(Run.clone.path)/Tests/ScriptsTests/StandIn/project.bash project; \(Self.deploy) --yes")
        let run = try project.run("touch fails; sed -i s/98765/98766/ strava_auth.json; \(Self.deploy) --yes")
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.split(separator: "\n").last?.contains(message) == true, "\(run.words)")
        try expectNoSecret(in: project, run)
    }

    @Test func `what gcloud quotes is not repeated, and moves no cursor`() throws {
        let project = try project(
            except: """
                'secrets versions add'*)
                    printf 'ERROR: (g) UNAVAILABLE: \\033[2J\\302\\233%s\\n' "$(jq -r 'fromjson | .client_secret' <<<"$input")" >&2
                    return 1 ;;
                """)
        let run = try project.run("\(Self.deploy) --yes")
        #expect(run.status == 75 && run.words.contains(": UNAVAILABLE:  [2J  ...; run"), "\(run.words)")
        #expect(run.words.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) })
        try expectNoSecret(in: project, run)
    }

    @Test(arguments: [
        ("unrecognized arguments: --replication-policy=automatic", 78, "gcloud components update"),
        ("There was a problem: secretmanager.googleapis.com: host not found", 75, "run the same command again later"),
    ])
    func `what gcloud cannot do is no reason to try again, and no network is`(
        answer: String, status: Int32, wayOut: String
    ) throws {
        let project = try project(except: "'secrets describe'*) echo 'ERROR: (gcloud.x) \(answer)' >&2; return 2 ;;")
        let run = try project.run("\(Self.deploy) --yes")
        #expect(run.status == status && run.words.contains(wayOut), "\(run.words)")
        #expect(try project.changes.isEmpty)
    }

    @Test func `a tool that is missing is named before the file is read`() throws {
        let project = try project()
        let run = try project.run(
            """
            mkdir few; ln -s $(command -v bash dirname readlink cat sed head) few; printf '#!/bin/bash\\n' >few/gcloud
            chmod +x few/gcloud; PATH=$PWD/few; \(Self.script) stage --project $P nowhere.json
            """)
        #expect(run.status == 78 && run.words.contains("deploy-secrets: jq: not on PATH; install the package jq"))
    }

    @Test func `after -- a name may begin like an option, and a trace shows no secret`() throws {
        let project = try project()
        let run = try project.run(
            "mv strava_auth.json -- -auth; bash -x \(Self.script) --project $P --yes -- stage -auth --disable-previous")
        #expect(run.status == 64 && run.words.contains("an environment and a file"), "\(run.words)")
        let traced = try project.run("bash -x \(Self.script) --project $P --yes --disable-previous -- stage -auth")
        #expect(traced.status == 0, "\(traced.words)")
        try expectNoSecret(in: project, traced)
    }

    @Test func `an interrupted run leaves nothing of the secret behind`() throws {
        let project = try project(except: "'secrets create'*) kill -INT $PPID ;;")
        let run = try project.run("\(Self.deploy) --yes")
        #expect(run.status == 130, "\(run.words)")
        #expect(try project.changes.count == 1)
        #expect(
            try project.run("grep -rl \(Self.secret) . ${TMPDIR:-/tmp}/gcloud.* 2>/dev/null").lines == [
                "./strava_auth.json"
            ])
    }
}
