import Foundation
import TestSupport
import Testing

/// `replay` to a receiver that only takes events with an ID token that it can verify.
@Suite(.serialized) struct IDTokenTests {
    private let google: GoogleStandIn
    private let replay: String
    private let events = (1...3).map {
        #"{"object_type":"activity","object_id":\#($0),"aspect_type":"create","owner_id":7,"subscription_id":1,"#
            + #""event_time":1704438753,"updates":{}}"# + "\n"
    }.joined()

    init() throws {
        google = try GoogleStandIn()
        replay = "replay --url http://127.0.0.1:\(google.port)/private/webhook --rate-limit 1000"
    }

    private func replay(_ options: String, as name: String?, _ environment: [String: String] = [:]) throws -> Run {
        try google.run("\(replay) \(options)", as: name, input: events, environment: environment)
    }

    private func posts(_ requests: [GoogleStandIn.Request]) -> [GoogleStandIn.Request] {
        requests.filter { $0.path == "/private/webhook" }
    }

    private static let target = "target@example-project.iam.gserviceaccount.com"
    private static let impersonation =
        "iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/\(target):generateIdToken"

    private static let kinds: [(name: String?, exchanges: [String], email: String)] = [
        ("service-account", ["oauth2.googleapis.com/token"], "backfill@example-project.iam.gserviceaccount.com"),
        ("impersonated-by-user", ["oauth2.googleapis.com/token", impersonation], target),
        ("impersonated-by-service-account", ["oauth2.googleapis.com/token", impersonation], target),
        ("external-impersonated", ["sts.googleapis.com/v1/token", impersonation], target),
        (
            nil, ["/computeMetadata/v1/instance/service-accounts/default/identity"],
            "machine@example-project.iam.gserviceaccount.com"
        ),
    ]

    @Test func `a private receiver takes events with an ID token, one for a run`() throws {
        for (name, exchanges, email) in IDTokenTests.kinds {
            let run = try replay("--auth id-token", as: name)
            #expect(run.status == 0, "\(name ?? "metadata"): \(run.words)")
            let requests = try google.newRequests()
            #expect(requests.filter { $0.path != "/private/webhook" }.map { $0.host + $0.path } == exchanges)
            #expect(posts(requests).map(\.status) == [201, 201, 201])
            #expect(Set(posts(requests).map(\.token)).count == 1)
            #expect(posts(requests).allSatisfy { $0.email == email }, "\(name ?? "metadata")")
        }
    }

    @Test func `the variable asks for an ID token as the option does, and the option wins`() throws {
        let variable = ["BACKFILL_DISPATCHER_AUTH": "id-token"]
        #expect(try replay("", as: "service-account", variable).status == 0)
        #expect(try replay("--auth none", as: "service-account", variable).status == 77)
        #expect(try replay("", as: "service-account", ["BACKFILL_DISPATCHER_AUTH": "basic"]).status == 78)
    }

    @Test func `a receiver that the token is not for refuses it, and no event is marked`() throws {
        let run = try replay("--auth id-token --audience https://other.example", as: "service-account")
        #expect(run.status == 77, "\(run.words)")
        #expect(try posts(google.newRequests()).map(\.status) == [401])
    }

    @Test func `a token that was good and is no more is replaced once, before an event is given up`() throws {
        try google.control(tokenUses: 2)
        let run = try replay("--auth id-token", as: "service-account")
        #expect(run.status == 0, "\(run.words)")
        let posts = try posts(google.newRequests())
        #expect(posts.map(\.status) == [201, 201, 401, 201])
        #expect(Set(posts.map(\.token)).count == 2)

        try google.control(tokenUses: 0)
        #expect(try replay("--auth id-token", as: "service-account").status == 77)
        #expect(try self.posts(google.newRequests()).map(\.status) == [401], "it had never been good")
    }

    @Test func `a login of gcloud has no ID token, and is told what has`() throws {
        let run = try replay("--auth id-token", as: "user")
        #expect(run.status == 78)
        #expect(run.words.contains("--impersonate-service-account"), "\(run.words)")
        #expect(try google.newRequests().isEmpty)
    }

    @Test func `an ID token is not shown, and a plan asks for none`() throws {
        let run = try replay("--auth id-token --verbose", as: "service-account")
        #expect(run.words.contains("credentials: service account backfill@"), "\(run.words)")
        #expect(!run.words.contains("eyJ"))
        _ = try google.newRequests()
        #expect(try replay("--auth id-token --dry-run", as: "absent").status == 0)
        #expect(try google.newRequests().isEmpty)
    }
}
