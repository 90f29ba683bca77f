import Delivery
import FilterKit
import NDJSON

extension Stop {
    /// Why the run did not come to its end, and what helps; nil when everything was tried and nothing waits.
    ///
    /// - Parameter again: What the user does to go on.
    static func after(_ course: Course, _ again: String, at now: Timestamp) -> Stop? {
        switch course.ending {
        case .finished where course.summary.pending > 0:
            return Stop(.tryLater, "\(course.summary.pending) pending: attempts used up", wayOut: again)
        // What --limit left for later is no failure; what was tried and got no answer is.
        case .limitReached where course.exhausted > 0:
            return Stop(.tryLater, "\(course.exhausted) pending: attempts used up", wayOut: again)
        case .finished, .limitReached, .interrupted:
            return nil
        case .outOfTime:
            return Stop(.tryLater, "--max-runtime: over, or would be before the next attempt", wayOut: again)
        case .breakerOpen(let events, let reason):
            return Stop(
                .tryLater, "stopped: \(events) events in a row used up their attempts: \(reason)",
                wayOut: "see whether the service is up, then \(again)")
        case .askedToWait(let moment, let reason):
            return Stop(
                .tryLater, "stopped: asked to wait until \(moment.words(at: now)): \(reason)",
                wayOut: "\(again) after that, or take its pause out of the checkpoint")
        case .quotaSpent(let opening):
            return Stop(.tryLater, course.words(nextAt: opening, now))
        case .ledgerBusy:
            return Stop(.tryLater, "--ledger: locked by another process for half a minute", wayOut: again)
        case .refused(let reason):
            return Stop(
                .refused, "stopped: \(reason)",
                wayOut: "no event was marked; see --url, --auth, --header-file and the events' subscription_id")
        case .nothingAccepted(let events, let reason):
            return Stop(
                .refused, "stopped: the first \(events) events were refused, and none was ever taken: \(reason)",
                wayOut: "mend the events, then give --retry-failed")
        case .impossible(let error):
            return Stop(.configuration, error, wayOut: "see --url and --header-file")
        }
    }

    /// What the user does when a run did not come to its end.
    static func wayToGoOn(rememberedIn checkpoint: String?) -> String {
        checkpoint == nil
            ? "give --checkpoint, so that the next run goes on where one stopped" : "run the same command again"
    }

    /// What `error` means for the process. What FilterKit knows by itself stays as it is.
    static func from(_ error: any Error) -> any Error {
        switch error {
        case let error as JournalError: from(error)
        case let error as LedgerError: from(error)
        case let error as LookedUpError: from(error)
        default: error
        }
    }

    static func from(_ error: LookedUpError) -> Stop {
        switch error {
        case .absent, .notAResult, .tooLong:
            Stop(.configuration, error, wayOut: "name what --report delivered printed")
        case .badLines, .notLookedUp:
            Stop(.configuration, error, wayOut: "look once more, for what --report delivered prints now")
        case .file, .unreadable: Stop(.inputOutput, error)
        }
    }

    static func from(_ error: LedgerError) -> Stop {
        switch error {
        case .file: Stop(.inputOutput, error)
        case .notALedger:
            Stop(.configuration, error, wayOut: "see the path; if it was one, its first line has to be mended")
        case .newerVersion: Stop(.configuration, error, wayOut: "update replay, or name another --ledger")
        case .ahead(let path, _, _):
            Stop(
                .configuration, error,
                wayOut: "set the clock; if it is right, give the lines of \(path) that are later the time of now")
        }
    }

    static func from(_ error: JournalError) -> Stop {
        switch error {
        case .file where error.isLocked:
            Stop(.tryLater, error, wayOut: "one run is enough; this one is not needed")
        case .file, .unreadable:
            Stop(.inputOutput, error)
        case .notAJournal:
            Stop(.configuration, error, wayOut: "see the path; if it was one, its first line has to be mended")
        case .movedAway:
            Stop(.inputOutput, error, wayOut: "put it back, and run the same command again")
        case .newerVersion:
            Stop(.configuration, error, wayOut: "update replay, or name another --checkpoint")
        case .otherTarget:
            Stop(.configuration, error, wayOut: "give each target a --checkpoint of its own")
        case .otherKey:
            Stop(.configuration, error, wayOut: "give the --key that the checkpoint began with")
        }
    }
}
