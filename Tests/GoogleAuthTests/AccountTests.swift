import HTTP
import NDJSON
import TestServer
import Testing

@testable import GoogleAuth

@Suite struct AccountTests {
    private let process = FakeProcess()

    private func form(_ request: RecordedRequest) -> [String] {
        String(decoding: request.body, as: UTF8.self).split(separator: "&").map(String.init)
    }

    @Test func `a service account signs an assertion for an hour`() throws {
        let server = ScriptedServer { _ in [tokenAnswer("token", lifetime: 3599)] }
        let credentials = try process.credentials(serviceAccount(tokenURL: server.url("/token")))
        #expect(try credentials.accessToken() == "token")
        let fields = form(try #require(server.requests.first))
        #expect(fields[0] == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer")
        let parts = fields[1].dropFirst("assertion=".count).split(separator: ".").map(String.init)
        let texts = try parts.map { try #require(Base64.urlDecoded($0)) }
        #expect(String(decoding: texts[0], as: UTF8.self) == #"{"alg":"RS256","typ":"JWT","kid":"key-1"}"#)
        #expect(
            String(decoding: texts[1], as: UTF8.self)
                == #"{"iss":"a@b.example","scope":"https://www.googleapis.com/auth/bigquery","#
                + #""aud":"https://oauth2.googleapis.com/token","iat":1700000000,"exp":1700003600}"#)
        #expect(TestKey.verifies(texts[2], of: Array("\(parts[0]).\(parts[1])".utf8)))
    }

    @Test func `a login sends its refresh token, its secrets encoded`() throws {
        let server = ScriptedServer { _ in [tokenAnswer("token", lifetime: 3599)] }
        _ = try process.credentials(login(tokenURL: server.url("/token"))).accessToken()
        let request = try #require(server.requests.first)
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(
            form(request)
                == ["grant_type=refresh_token", "refresh_token=1%2F%2Fr", "client_id=id", "client_secret=s3cr%2Bt%26"])
    }

    @Test func `an ID token lives as long as it says`() throws {
        func idToken(_ number: Int) -> String {
            "h.\(Base64.urlEncoded(#"{"exp":1700003600,"n":\#(number)}"#.utf8)).s"
        }
        let server = ScriptedServer(scripts: (1...2).map { [.answer(200, #"{"id_token":"\#(idToken($0))"}"#)] })
        let credentials = try process.credentials(serviceAccount(tokenURL: server.url("/token")))
        #expect(try credentials.idToken(audience: "https://d.example") == idToken(1))
        process.now += .seconds(3374)
        #expect(try credentials.idToken(audience: "https://d.example") == idToken(1))
        process.now += .seconds(1)
        #expect(try credentials.idToken(audience: "https://d.example") == idToken(2))
        let claims = try #require(form(server.requests[0]).last?.split(separator: ".")[1])
        let text = String(decoding: try #require(Base64.urlDecoded(claims)), as: UTF8.self)
        #expect(text.contains(#""target_audience":"https://d.example""#) && !text.contains("scope"))
    }

    @Test func `a login gives no ID token`() throws {
        let credentials = try process.credentials(login())
        #expect(throws: CredentialsError.noIDToken(account: "user login", .user)) {
            try credentials.idToken(audience: "https://d.example")
        }
    }

    @Test func `the metadata server's header is looked for in each answer`() throws {
        let server = ScriptedServer { _ in [tokenAnswer("token", lifetime: 3599)] }
        process.variables = ["GCE_METADATA_HOST": "127.0.0.1:\(server.port)"]
        let credentials = try Credentials.find(process.edge)
        guard case .unexpected = #expect(throws: CredentialsError.self, performing: { try credentials.accessToken() })
        else {
            Issue.record("another error, or none")
            return
        }
    }

    // MARK: What a file may say

    @Test(arguments: [
        "https://oauth2.googleapis.com/token", "https://OAUTH2.googleapis.com/token", "http://127.0.0.1:1/token",
        "https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token",
        "https://oauth2.mtls.googleapis.com/token",
    ])
    func `an assertion goes to Google's token service, or stays here`(url: String) {
        #expect(process.error(serviceAccount(tokenURL: url)) == nil)
    }

    @Test(arguments: [
        "http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com.evil.example/token",
        "https://evil.example/oauth2.googleapis.com", "https://evilgoogleapis.com/token",
        "https://googleapis.com/token",
        "https://storage.googleapis.com/bucket", "https://oauth2.storage.googleapis.com/token",
        "https://www.googleapis.com/upload/storage/v1/b/bucket/o", "https://169.254.169.254/token",
    ])
    func `an assertion goes to no other host`(url: String) {
        guard
            case .foreignHost(_, "token_uri", _, "oauth2.googleapis.com") = process.error(serviceAccount(tokenURL: url))
        else {
            Issue.record("\(url) was taken")
            return
        }
    }

    @Test(arguments: [
        (#"{"environment_id":"aws1"}"#, "external_account from AWS"),
        (#"{"executable":{"command":"x"}}"#, "external_account by an executable"),
        (#"{"certificate":{}}"#, "external_account by a certificate"),
    ])
    func `a way to a subject token that we do not know is named`(source: String, name: String) {
        #expect(process.error(external(source)) == .unsupported(path: "key.json", what: Excerpt(name)))
    }

    @Test(arguments: ["http://evil.example/token", "http://10.0.0.1/"])
    func `a subject token is not fetched in the clear from another machine`(url: String) {
        guard case .badField(_, "credential_source.url", _) = process.error(external(#"{"url":"\#(url)"}"#))
        else {
            Issue.record("another error, or none")
            return
        }
        #expect(process.error(external(#"{"url":"http://169.254.169.254/token"}"#)) == nil)
        #expect(process.error(external(#"{"url":"https://provider.example/token"}"#)) == nil)
    }

    @Test func `fields that are missing or of another type are named with their place`() {
        #expect(process.error("{}") == .missing(path: "key.json", field: "type"))
        #expect(process.error("[]") == .notJSON(path: "key.json", column: nil))
        #expect(process.error(#"{"type":"gdch"}"#) == .unsupported(path: "key.json", what: Excerpt("gdch")))
        #expect(
            process.error(#"{"type":"impersonated_service_account","source_credentials":{"type":"authorized_user"}}"#)
                == .missing(path: "key.json", field: "source_credentials.client_id"))
        #expect(
            process.error(#"{"type":"authorized_user","universe_domain":"example.cloud"}"#)
                == .universe(path: "key.json", Excerpt("example.cloud")))
        #expect(
            process.error(serviceAccount(key: TestKey.ellipticPEM))
                == .badField(path: "key.json", field: "private_key", why: "not an RSA private key in PEM"))
    }

    private func external(_ source: String) -> String {
        #"{"type":"external_account","audience":"a","subject_token_type":"t","#
            + #""token_url":"https://sts.googleapis.com/v1/token","credential_source":\#(source)}"#
    }
}
