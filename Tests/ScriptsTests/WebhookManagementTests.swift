import Foundation
import TestServer
import TestSupport
import Testing

/// scripts/operations/webhook-management.sh, against a server that speaks Strava's API and calls back as Strava does.
@Suite struct WebhookManagementTests {
    @Test func `create subscribes the dispatcher, and a second time changes nothing`() throws {
        let strava = try StravaStandIn()
        let first = try strava.run("umask 022; webhook create --callback $callback --update-auth-file")
        #expect(first.lines == [#"{"id":100001}"#])
        #expect(first.words.contains("100001: created"))
        #expect(try strava.auth().subscriptionID == 100_001)
        #expect(try strava.auth().secret == StravaAuth().secret)
        let mode = try FileManager.default.attributesOfItem(atPath: strava.file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let bytes = try Data(contentsOf: strava.file)
        let again = try strava.run("webhook create --callback $callback --update-auth-file")
        #expect(again.lines == first.lines)
        #expect(again.words == "webhook-management: 100001: unchanged\n")
        #expect(try Data(contentsOf: strava.file) == bytes)
        #expect(try strava.requests() == ["GET  200", "POST  201", "GET  200"])
        #expect(try strava.run("ls").lines.filter { $0.hasPrefix("strava_auth") } == ["strava_auth.json"])
    }

    @Test func `another callback is refused while there is a subscription`() throws {
        let strava = try StravaStandIn()
        _ = try strava.run("webhook create --callback $callback")
        let run = try strava.run("webhook create --callback https://other.example.com/webhook")
        #expect(run.status == 78 && run.output.isEmpty)
        #expect(run.words.contains("sends to \(strava.callback); delete it first"))
        #expect(try strava.requests().filter { $0.hasPrefix("POST") } == ["POST  201"])
    }

    @Test func `what Strava has against the callback is said, and what to do about it`() throws {
        let strava = try StravaStandIn()
        let nobody = RefusingPort()
        let unheard = try strava.run("webhook create --callback http://127.0.0.1:\(nobody.port)/webhook")
        #expect(unheard.status == 78 && unheard.words.contains("callback url: not verifiable; within 2 s"))
        try strava.write(StravaAuth(token: "another"))
        let unknown = try strava.run("webhook create --callback $callback")
        #expect(unknown.status == 78 && unknown.words.contains("does not return 200; within 2 s"))
        #expect(unknown.words.contains("webhook_verify_token: is that deployed"))
        #expect(unknown.output.isEmpty)
    }

    @Test func `delete shows what it deletes, wants a yes, and a second time finds nothing`() throws {
        let strava = try StravaStandIn()
        _ = try strava.run("webhook create --callback $callback")
        let asked = try strava.run("webhook delete")
        #expect(asked.status == 64 && asked.words.contains("give --yes"))
        #expect(try strava.run("webhook view").lines.count == 1)
        let run = try strava.run("webhook delete --yes --auth-file - <strava_auth.json")
        #expect(run.status == 0 && run.words.contains(#""callback_url":"\#(strava.callback)""#))
        #expect(try strava.requests().last == "DELETE /100001 204")
        let again = try strava.run("webhook delete --yes; webhook view")
        #expect(again.status == 0 && again.output.isEmpty)
        #expect(
            again.words == """
                webhook-management: no subscription: nothing to delete
                webhook-management: no subscription

                """)
    }

    @Test func `no secret is in an argument, in what is said, or in a dry run`() throws {
        let strava = try StravaStandIn()
        // Between the script and the real curl, one that writes down what everybody could read.
        _ = try strava.run(
            """
            mkdir bin
            printf '%s\\n' '#!/bin/bash' 'printf "%s\\n" "$@" >>'$PWD'/arguments; exec /usr/bin/curl "$@"' >bin/curl
            chmod +x bin/curl
            """)
        let path = strava.folder.url.appendingPathComponent("bin").path
        let run = try strava.run(
            """
            webhook create --callback $callback --dry-run && webhook create --callback $callback && webhook view &&
                webhook delete --dry-run && webhook delete --yes && webhook rotate-token
            """, path: path)
        #expect(run.status == 0)
        #expect(run.lines.filter { $0.contains("client_secret=…") }.count == 4)
        #expect(run.lines.contains { $0.contains("verify_token=…") })
        let token = try strava.auth().token
        try strava.write(StravaAuth(secret: "wrong-secret"))
        let refused = try strava.run("webhook view", path: path)
        #expect(refused.status == 77 && refused.words.contains("check client_id and client_secret"))

        let arguments = try String(
            contentsOf: strava.folder.url.appendingPathComponent("arguments"), encoding: .utf8)
        #expect(arguments.contains("--config\n"))
        let said = [run, refused].map { String(decoding: $0.output, as: UTF8.self) + $0.words }.joined()
        for secret in [StravaAuth().secret, "wrong-secret", token, "verify_token=local", "client_secret=a"] {
            #expect(!arguments.contains(secret))
            #expect(!said.contains(secret))
        }
    }

    @Test func `a secret that a service quotes is not repeated`() throws {
        let strava = try StravaStandIn()
        let server = ScriptedServer { _ in [.answer(500, "no such thing: \(StravaAuth().secret), \u{202E}\u{7}")] }
        let run = try strava.run("webhook view --url \(server.url("/api"))")
        #expect(run.status == 75 && run.words.contains("500: no such thing: ...,  "))
        #expect(!run.words.contains("\u{7}") && !run.words.contains("\u{202E}"))
    }

    @Test(arguments: ["callback url", "verify token", "already exists"])
    func `an error of Strava's repeats neither token nor secret`(field: String) throws {
        let folder = try TemporaryFolder()
        try StravaAuth(token: "the-token").write(to: folder.url)
        let server = ScriptedServer { request in
            let said = #"{"errors":[{"field":"\#(field)","code":"wrong: \u001b[2J\u009bthe-token"}]}"#
            return [request.method == "GET" ? .answer(200, "[]") : .answer(400, said)]
        }
        let run = try StravaStandIn.run(
            "webhook create --callback https://a.example/webhook", api: server.url(), in: folder.url)
        #expect(run.status == 78 && run.words.contains("wrong: "), "\(run.words)")
        #expect(!run.words.contains("the-token") && run.words.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) })
    }

    @Test func `what Strava has besides in a subscription moves no cursor`() throws {
        let folder = try TemporaryFolder()
        try StravaAuth().write(to: folder.url)
        let answer = #"[{"id":7,"callback_url":"https://a.example","note":"\u009b\u202e"}]"#
        let server = ScriptedServer { _ in [.answer(200, answer)] }
        let run = try StravaStandIn.run("webhook delete; webhook view", api: server.url(), in: folder.url)
        #expect(run.lines == [String(answer.dropFirst().dropLast())])
        #expect(run.words.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) }, "\(run.words)")
    }

    @Test func `a signal leaves no second file with the secrets`() throws {
        let strava = try StravaStandIn()
        _ = try strava.run(
            "mkdir bin; printf '#!/bin/bash\\nkill -TERM $PPID\\n' >bin/sync; cp bin/sync bin/mv; chmod +x bin/*")
        let run = try strava.run(
            "webhook rotate-token", path: strava.folder.url.appendingPathComponent("bin").path)
        #expect(run.status == 143, "\(run.words)")
        #expect(try strava.run("ls").lines.filter { $0.hasPrefix("strava_auth") } == ["strava_auth.json"])
        #expect(try strava.auth() == StravaAuth())
    }

    @Test(arguments: [("jq", "curl"), ("curl", "jq")])
    func `a tool that is missing is named`(missing: String, other: String) throws {
        let strava = try StravaStandIn()
        let run = try strava.run(
            """
            mkdir few; ln -s $(command -v bash dirname readlink cat \(other)) few; PATH=$PWD/few
            webhook view --auth-file nowhere.json
            """)
        #expect(run.status == 78, "\(run.words)")
        #expect(run.words == "webhook-management: \(missing): not on PATH; install the package \(missing)\n")
    }

    @Test func `a full disk, a terminal and a trace`() throws {
        let strava = try StravaStandIn()
        _ = try strava.run("webhook create --callback $callback")
        for action in ["view", "generate-token", "create --callback $callback", "delete --dry-run"] {
            let run = try strava.run("webhook \(action) >/dev/full")
            #expect(run.status == 74 && run.words.hasSuffix("stdout: cannot be written\n"), "\(action): \(run.words)")
        }
        let script = Run.clone.appendingPathComponent("scripts/operations/webhook-management.sh").path
        let asked = try strava.run("script -qec '\(script) view --auth-file -' /dev/null")
        #expect(asked.status == 64 && asked.lines.joined().contains("stdin is a terminal"), "\(asked.lines)")
        let traced = try strava.run("bash -x \(script) rotate-token && bash -x \(script) view")
        let secret = try strava.auth().token
        #expect(traced.status == 0 && !traced.words.contains(secret) && !traced.words.contains("client_secret=a"))
    }

    @Test func `a new token goes into the file alone, a link to which stays a link`() throws {
        let strava = try StravaStandIn()
        let before = try strava.auth()
        _ = try strava.run("mkdir real; mv strava_auth.json real; ln -s real/strava_auth.json .; cp -a real trial")
        let dry = try strava.run("webhook rotate-token --dry-run; diff -r real trial")
        #expect(dry.status == 0 && dry.words.contains("would be a new one"))
        let run = try strava.run("webhook rotate-token")
        #expect(run.status == 0 && run.output.isEmpty && run.words.contains("1. deploy-secrets.sh"))
        let first = try strava.auth()
        #expect(first.token.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
        #expect(!run.words.contains(first.token))
        #expect(first.secret == before.secret && first.clientID == before.clientID)
        _ = try strava.run("webhook rotate-token")
        #expect(try strava.auth().token != first.token)
        #expect(
            try strava.run("readlink strava_auth.json; ls real").lines == ["real/strava_auth.json", "strava_auth.json"])
        #expect(try strava.requests().isEmpty)
    }

    @Test func `generate-token prints a token and nothing else`() throws {
        let strava = try StravaStandIn()
        let run = try strava.run("rm strava_auth.json; webhook generate-token; webhook generate-token")
        #expect(run.messages.isEmpty && Set(run.lines).count == 2)
        #expect(run.lines.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil })
    }

    @Test func `nobody there means later`() throws {
        let strava = try StravaStandIn()
        let nobody = RefusingPort()
        #expect(try strava.run("webhook view --url http://127.0.0.1:\(nobody.port)").status == 75)
        let run = try strava.run(#"curl -sd '{"drop_next":1}' ${STRAVA_API_URL%/api*}/control; webhook view"#)
        #expect(run.status == 75 && run.words.contains("run the same command again later"))
    }

    @Test(arguments: [
        (401, "{}", 77), (403, "{}", 77), (429, "{}", 75), (500, "{}", 75), (404, "{}", 78), (302, "", 78),
        (200, "", 78), (200, "<html>sign in</html>", 78), (200, "{}", 78),
        (200, #"[{"id":"7;ls","callback_url":"https://a"}]"#, 78),
        (200, #"[{"id":12345678901234567890,"callback_url":"https://a"}]"#, 78), (200, #"[{"id":7}]"#, 78),
        (200, #"[{"id":7,"callback_url":"https://a"},{"id":8,"callback_url":"https://b"}]"#, 78), (200, "[]", 0),
    ])
    func `each answer has its status`(answer: Int, body: String, status: Int32) throws {
        let folder = try TemporaryFolder()
        try StravaAuth().write(to: folder.url)
        let server = ScriptedServer { _ in [.answer(answer, headers: ["Location: https://example.com/"], body)] }
        let run = try StravaStandIn.run("webhook view", api: server.url("/api/v3/"), in: folder.url)
        #expect(run.status == status && run.output.isEmpty, "\(run.words)")
        #expect(
            server.requests.map { $0.target.lowercased() } == [
                "/api/v3/push_subscriptions?client_id=4711&client_secret=a%22b%5cc%26d%3de%2bf%2541%27%24home"
            ])
    }

    @Test(arguments: [
        "webhook", "webhook subscribe", "webhook view delete", "webhook view --secret x", "webhook create",
        "webhook view --callback https://a.example", "webhook view --url http://example.com",
        "webhook view --url http://127.0.0.1@example.com", "webhook create --callback ftp://a",
        "webhook create --callback 'https://a.example/?b'", "webhook rotate-token --auth-file -", "webhook view --url=",
        "webhook create --callback https://a.example/$(printf %0250d 7)",
    ])
    func `what is wrong on the command line is said before anything is asked`(line: String) throws {
        let server = ScriptedServer()
        let folder = try TemporaryFolder()
        try StravaAuth().write(to: folder.url)
        let run = try StravaStandIn.run(line, api: server.url(), in: folder.url)
        #expect(run.status == 64 && run.output.isEmpty && run.words.hasPrefix("webhook-management: "))
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        "[]", "{", "{}", #"{"client_id":4711,"client_secret":"s"}{"client_id":4711,"client_secret":"s"}"#,
        #"{"client_id":4711,"client_secret":"s","note":9007199254740993}"#,
        #"{"client_id":"x","client_secret":"s"}"#, #"{"client_id":4711,"client_secret":"s\n-o x"}"#,
        nil,
    ])
    func `a file that is no application's is refused, and not quoted`(text: String?) throws {
        let server = ScriptedServer()
        let folder = try TemporaryFolder()
        try text.map { try Data($0.utf8).write(to: folder.url.appendingPathComponent("strava_auth.json")) }
        let run = try StravaStandIn.run("webhook view", api: server.url(), in: folder.url)
        #expect(run.status == 78 && run.words.hasPrefix("webhook-management: strava_auth.json: "))
        #expect(!run.words.contains("-o x") && server.requests.isEmpty)
    }

    @Test func `it explains itself`() throws {
        let folder = try TemporaryFolder()
        let run = try StravaStandIn.run("webhook --help", api: "", in: folder.url)
        #expect(run.status == 0 && run.lines.first?.hasPrefix("Usage: webhook-management.sh ") == true)
    }
}
