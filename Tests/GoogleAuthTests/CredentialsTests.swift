import GoogleAuth
import HTTP
import TestServer
import Testing

@Suite struct CredentialsTests {
    private let process = FakeProcess()

    // MARK: Where they are looked for

    @Test func `the file that the variable names wins over gcloud's`() throws {
        process.variables = ["GOOGLE_APPLICATION_CREDENTIALS": "key.json", "HOME": "/home/u"]
        process.files = [
            "key.json": serviceAccount(), "/home/u/.config/gcloud/application_default_credentials.json": login(),
        ]
        let credentials = try Credentials.find(process.edge)
        #expect(credentials.description == "service account a@b.example, key.json (GOOGLE_APPLICATION_CREDENTIALS)")
        #expect(try credentials.project() == "project-of-the-key")
        #expect(credentials.quotaProject == nil)
    }

    @Test func `a named file that is not there is an error, and gcloud's is not used instead`() {
        process.variables = ["GOOGLE_APPLICATION_CREDENTIALS": "key.json", "HOME": "/home/u"]
        process.files = ["/home/u/.config/gcloud/application_default_credentials.json": login()]
        #expect(throws: CredentialsError.unreadable(why: "GOOGLE_APPLICATION_CREDENTIALS: key.json: no such file")) {
            try Credentials.find(process.edge)
        }
    }

    @Test func `gcloud's file is where CLOUDSDK_CONFIG says, else below HOME`() throws {
        process.variables = ["CLOUDSDK_CONFIG": "/sdk", "HOME": "/home/u"]
        process.files = ["/sdk/application_default_credentials.json": login()]
        let credentials = try Credentials.find(process.edge)
        #expect(credentials.description == "user login, /sdk/application_default_credentials.json (gcloud)")
        #expect(credentials.quotaProject == "quota")

        process.variables["CLOUDSDK_CONFIG"] = nil
        process.files = ["/home/u/.config/gcloud/application_default_credentials.json": login()]
        #expect(try Credentials.find(process.edge).description.hasSuffix("(gcloud)"))
    }

    @Test func `without a file the metadata server is asked once, for a second, and must say that it is Google's`()
        throws
    {
        process.answer = { (request) throws(HTTPError) in
            #expect(request.url == "http://169.254.169.254/")
            #expect(request.timeout == .seconds(1))
            #expect(request.headers == [Request.Header("Metadata-Flavor", "Google")])
            #expect(request.bypassesProxy)
            return Response(status: 200)
        }
        let searched = ["GOOGLE_APPLICATION_CREDENTIALS", "the metadata server at 169.254.169.254"]
        #expect(throws: CredentialsError.none(searched: searched)) { try Credentials.find(process.edge) }
        #expect(process.requests.count == 1)

        process.answer = { (_) throws(HTTPError) in
            var headers = Headers()
            headers.append("Metadata-Flavor", "Google")
            return Response(status: 200, headers: headers)
        }
        #expect(try Credentials.find(process.edge).description == "metadata server 169.254.169.254, of this machine")
    }

    @Test func `NO_GCE_CHECK asks no metadata server`() {
        process.variables = ["NO_GCE_CHECK": "true"]
        #expect(throws: CredentialsError.none(searched: ["GOOGLE_APPLICATION_CREDENTIALS"])) {
            try Credentials.find(process.edge)
        }
        #expect(process.requests.isEmpty)
    }

    // MARK: Tokens

    @Test func `a token is kept until shortly before its end, and replaced when it was refused`() throws {
        let server = ScriptedServer(scripts: (1...9).map { [tokenAnswer("token-\($0)", lifetime: 3600)] })
        let credentials = try process.credentials(login(tokenURL: server.url("/token")))
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(3374)
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(1)
        #expect(try credentials.accessToken() == "token-2", "3 min 45 s before its end a token is replaced")
        #expect(try credentials.accessToken(refused: "token-2") == "token-3")
        #expect(try credentials.accessToken(refused: "token-2") == "token-3", "that one had been replaced already")
        #expect(server.requests.count == 3)
    }

    @Test func `a token that lives shortly is still used for half of its life`() throws {
        let server = ScriptedServer(scripts: (1...3).map { [tokenAnswer("token-\($0)", lifetime: 100)] })
        let credentials = try process.credentials(login(tokenURL: server.url("/token")))
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(49)
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(1)
        #expect(try credentials.accessToken() == "token-2")
    }

    @Test func `while the service is down a token that is still good stays`() throws {
        let server = ScriptedServer(scripts: [[tokenAnswer("token-1", lifetime: 3600)], [.answer(503)]])
        let credentials = try process.credentials(login(tokenURL: server.url("/token")))
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(3400)
        #expect(try credentials.accessToken() == "token-1")
        process.now += .seconds(200)
        #expect(throws: CredentialsError.self) { try credentials.accessToken() }
    }

    @Test func `a description and its errors show no secret`() throws {
        let server = ScriptedServer { _ in
            [.answer(400, #"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#)]
        }
        let credentials = try process.credentials(login(tokenURL: server.url("/token")))
        let error = #expect(throws: CredentialsError.self) { try credentials.accessToken() }
        for text in [credentials.description, "\(try #require(error))", String(reflecting: error)] {
            #expect(!text.contains("s3cr+t") && !text.contains("1//r"))
        }
        let notJSON = try #require(process.error("client_secret=s3cr+t"))
        #expect("\(notJSON)" == "key.json: not credentials: no JSON from column 1 on")
    }
}

/// An answer of a token endpoint.
func tokenAnswer(_ token: String, lifetime: Int) -> Step {
    .answer(200, #"{"access_token":"\#(token)","expires_in":\#(lifetime),"token_type":"Bearer"}"#)
}
