import BigQuery
import FilterKit
import HTTP
import NDJSON
import Testing

@testable import BigQueryFilter

@Suite struct StopTests {
    private static let fault = ServerFault(subject: "query", status: 403, reason: "r", message: Excerpt("m"))
    private static let exchange = HTTPError(peer: "h:1", fact: .refused, requestMayHaveBeenSent: false)

    @Test(arguments: [
        (BigQueryError.refused(fault), FilterKit.ExitStatus.refused), (.untrusted(exchange), .refused),
        (.notFound(fault), .configuration), (.invalid(fault), .configuration), (.overLimit(fault), .configuration),
        (.tokenInTheClear(peer: "h:1"), .configuration), (.unusable(exchange), .configuration),
        (.quotaExceeded(fault), .tryLater), (.unavailable(fault, attempts: 2), .tryLater),
        (.unreachable(exchange, attempts: 2), .tryLater), (.stopped(fault), .tryLater),
        (.unfinished(subject: "query", limit: .seconds(1)), .tryLater),
        (.unexpected(subject: "query", .samePageAgain), .tryLater),
    ])
    func `each failure has one status`(error: BigQueryError, status: FilterKit.ExitStatus) {
        let stop = Stop(error)
        #expect(stop.status == status)
        #expect(stop.reason == "\(error)")
    }
}
