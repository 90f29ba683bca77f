public import HTTP
import NDJSON

/// Reads answers; knows no clock and sends nothing.
public enum RetryPolicy {
    /// A longer `Retry-After` than this is not waited for.
    public static let longestPause = Duration.seconds(15 * 60)
    /// However long the other side wants to be left alone, a run looks again after this: it may have meant something else.
    public static let longestAbsence = Duration.seconds(86_400)
    /// A shorter pause is over before another run comes.
    static let shortestRememberedPause = Duration.seconds(60)
    /// So many runs in which it used up its attempts make an event `failed`.
    public static let mostExhaustedRuns = 3
    /// So many refusals in a row stop the run while nothing was ever delivered.
    public static let mostRefusalsBeforeDelivery = 3

    /// What an answer means. `now`, in Unix seconds, matters to a `Retry-After` that is a date.
    public static func verdict(on response: Response, now: Int64) -> Verdict {
        if (200...299).contains(response.status) { return .taken(status: response.status) }
        let reason = Reason.answered(status: response.status, Excerpt(bytes: response.bodyWithoutBlanks))
        switch response.status {
        case 300...399:
            let location = response.headers["Location"] ?? "no location given"
            return .refused(.redirected(status: response.status, to: Excerpt(location)))
        case 401, 403, 404, 407, 410: return .unwelcome(reason)
        case 408, 425, 429, 500...599:
            let pause = response.headers["Retry-After"].flatMap { retryDelay($0, now: now) }
            guard let pause, pause > longestPause else { return .unavailable(reason, pause: pause) }
            let seconds = now + min(pause, longestAbsence).components.seconds
            guard let until = Timestamp(unixSeconds: seconds) else {
                preconditionFailure("the clock is a day before the year 10000")
            }
            return .postponed(reason, until: until)
        case 400...499: return .refused(reason)
        default: return .unavailable(reason, pause: nil)
        }
    }

    /// What the lack of an answer means.
    public static func verdict(on error: HTTPError) -> Verdict {
        let reason = Reason.unanswered(error)
        switch error.fact {
        case .badURL, .badHeader: return .impossible(error)
        case .interrupted: return .interrupted(error)
        case .tls, .proxyRefused(status: 401), .proxyRefused(status: 403), .proxyRefused(status: 407):
            // A server that wants a client's certificate may say so only when it has the request.
            return error.requestMayHaveBeenSent ? .unwelcome(reason) : .distrusted(reason)
        case .couldNotResolve, .refused, .couldNotConnect, .proxyRefused, .timedOut, .closedWithoutAnswer,
            .brokenAnswer, .answerTooLarge, .other:
            return error.requestMayHaveBeenSent ? .unanswered(reason) : .unreached(reason)
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
