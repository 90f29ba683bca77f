// What each answer does to the event and to the run. This is the table; the manual page and the tests have the same.
//
//   answer                                                the event          the run
//   2xx                                                   delivered          goes on
//   408, 425, 429, 5xx; no connection; reset, timed out,  tried again, then  goes on; stops when so many events in a row
//   a broken answer                                       it waits           used up their attempts (75)
//   the same, with a Retry-After of more than 15 minutes  waits              stops (75)
//   3xx, other 4xx                                        failed             goes on; stops after three in a row while
//                                                                            nothing at all was ever delivered (77)
//   401, 403, 404, 407, 410; TLS                          untouched          stops (77)
//   a request that cannot even be made                    untouched          stops (78)
//   a signal during the exchange                          waits              stops (128 + n)
public import HTTP
import NDJSON

/// Reads answers; knows no clock and sends nothing.
public enum RetryPolicy {
    /// A longer `Retry-After` than this is not waited for.
    public static let longestPause = Duration.seconds(15 * 60)
    /// So many runs in which it used up its attempts make an event `failed`.
    public static let mostExhaustedRuns = 3
    /// So many refusals in a row stop the run while nothing was ever delivered.
    public static let mostRefusalsBeforeDelivery = 3

    /// What an attempt means.
    public enum Verdict: Equatable, Sendable {
        /// The event was taken.
        case delivered(status: Int)
        /// This event will never be taken.
        case failed(Reason)
        /// Perhaps the next time; not before `pause`, when the other side asked for one.
        case tryAgain(Reason, pause: Duration?)
        /// No event will be taken.
        case stop(Reason)
        /// The request cannot be made.
        case impossible(HTTPError)
        /// The exchange was abandoned, since the run has to end.
        case interrupted
    }

    /// What an answer means. `now`, in Unix seconds, matters to a `Retry-After` that is a date.
    public static func verdict(on response: Response, now: Int64) -> Verdict {
        let reason = Reason.answered(status: response.status, Excerpt(bytes: response.bodyWithoutBlanks))
        switch response.status {
        case 200...299: return .delivered(status: response.status)
        case 300...399:
            let location = response.headers["Location"] ?? "no location given"
            return .failed(.redirected(status: response.status, to: Excerpt(location)))
        case 401, 403, 404, 407, 410: return .stop(reason)
        case 408, 425, 429, 500...599:
            return .tryAgain(reason, pause: response.headers["Retry-After"].flatMap { retryDelay($0, now: now) })
        case 400...499: return .failed(reason)
        default: return .tryAgain(reason, pause: nil)
        }
    }

    /// What the lack of an answer means.
    public static func verdict(on error: HTTPError) -> Verdict {
        switch error.fact {
        case .badURL, .badHeader: .impossible(error)
        case .tls, .proxyRefused(status: 401), .proxyRefused(status: 403), .proxyRefused(status: 407):
            .stop(.unanswered(error))
        case .interrupted: .interrupted
        case .couldNotResolve, .refused, .couldNotConnect, .proxyRefused, .timedOut, .closedWithoutAnswer,
            .brokenAnswer,
            .answerTooLarge, .other:
            .tryAgain(.unanswered(error), pause: nil)
        }
    }
}

extension Response {
    /// The body without white space around it: most end with a line feed, which would be shown as an escape.
    fileprivate var bodyWithoutBlanks: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let end = body.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
        return body[..<end].drop(while: isBlank)
    }
}
