import Delivery
import FilterKit

extension Stop {
    /// Why the run did not come to its end, and what helps; nil when everything was tried and nothing waits.
    static func after(
        _ ending: Ending, _ summary: Summary, exhausted: Int, rememberedIn checkpoint: String?
    ) -> Stop? {
        let again = wayToGoOn(rememberedIn: checkpoint)
        switch ending {
        case .finished where summary.pending > 0:
            return Stop(.tryLater, "\(summary.pending) pending: attempts used up", wayOut: again)
        // What --limit left for later is no failure; what was tried and got no answer is.
        case .limitReached where exhausted > 0:
            return Stop(.tryLater, "\(exhausted) pending: attempts used up", wayOut: again)
        case .finished, .limitReached, .interrupted:
            return nil
        case .outOfTime:
            return Stop(.tryLater, "--max-runtime: reached", wayOut: again)
        case .breakerOpen(let events, let reason):
            return Stop(
                .tryLater, "stopped: \(events) events in a row used up their attempts: \(reason)",
                wayOut: "see whether the service is up, then \(again)")
        case .askedToWait(let pause, let reason):
            return Stop(.tryLater, "stopped: asked to wait \(pause.inWords): \(reason)", wayOut: "\(again) after that")
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
        guard let error = error as? JournalError else { return error }
        return from(error)
    }

    static func from(_ error: JournalError) -> Stop {
        switch error {
        case .file where error.isLocked:
            Stop(.tryLater, error, wayOut: "one run is enough; this one is not needed")
        case .file, .unreadable:
            Stop(.inputOutput, error)
        case .notAJournal:
            Stop(.configuration, error, wayOut: "name another --checkpoint; a new one is made")
        case .newerVersion:
            Stop(.configuration, error, wayOut: "update replay, or name another --checkpoint")
        case .otherTarget:
            Stop(.configuration, error, wayOut: "give each target a --checkpoint of its own")
        case .otherKey:
            Stop(.configuration, error, wayOut: "give the --key that the checkpoint began with")
        }
    }
}
