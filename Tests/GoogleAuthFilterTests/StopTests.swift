import FilterKit
import GoogleAuth
import HTTP
import NDJSON
import Testing

@testable import GoogleAuthFilter

@Suite struct StopTests {
    private func fault(_ code: String, _ kind: CredentialsKind, status: Int = 400, clockAhead: Int64? = nil)
        -> TokenFault
    {
        TokenFault(
            account: "a", kind: kind, peer: "p:443", status: status, code: code, message: Excerpt("m"),
            clockAhead: clockAhead)
    }

    private let broken = HTTPError(peer: "p:443", fact: .refused, requestMayHaveBeenSent: false)

    @Test func `what is wrong here is configuration, what is refused there is a refusal, what may pass is for later`() {
        let cases: [(CredentialsError, FilterKit.ExitStatus)] = [
            (.none(searched: []), .configuration), (.unreadable(why: "w"), .configuration),
            (.notJSON(path: "p", column: 1), .configuration), (.missing(path: "p", field: "f"), .configuration),
            (.badField(path: "p", field: "f", why: "w"), .configuration),
            (.unsupported(path: "p", what: Excerpt("aws")), .configuration),
            (.foreignHost(path: "p", field: "f", host: Excerpt("h"), expected: "e"), .configuration),
            (.universe(path: "p", Excerpt("u")), .configuration), (.noIDToken(account: "a", .user), .configuration),
            (.unusable(broken), .configuration), (.unreachable(broken, attempts: 3), .tryLater),
            (.unavailable(fault("", .user), attempts: 3), .tryLater),
            (.askedToWait(fault("", .user), .seconds(99)), .tryLater),
            (.unexpected(account: "a", what: "w"), .tryLater), (.untrusted(broken), .refused),
            (.refused(fault("invalid_grant", .user)), .refused),
        ]
        for (error, status) in cases { #expect(Stop(error).status == status, "\(error)") }
    }

    @Test func `the way out of a refusal depends on who asked`() throws {
        func wayOut(_ fault: TokenFault) throws -> String { try #require(Stop(.refused(fault)).wayOut) }
        #expect(try wayOut(fault("invalid_grant", .user)).contains("gcloud auth application-default login"))
        #expect(try wayOut(fault("invalid_rapt", .user)).contains("gcloud auth application-default login"))
        #expect(try wayOut(fault("invalid_grant", .serviceAccount)).contains("the key was deleted"))
        #expect(try wayOut(fault("invalid_grant", .serviceAccount, clockAhead: 900)).contains("set the clock"))
        #expect(
            try wayOut(fault("PERMISSION_DENIED", .impersonation, status: 403))
                .contains("roles/iam.serviceAccountTokenCreator"))
    }
}
