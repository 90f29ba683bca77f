public import ArgumentParser
import FilterKit
public import Strava

/// What the events tell, and when it happened.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What became of the activities.", valueName: "aspect"))
    var aspectType: Aspect = .create

    @Option(
        help: ArgumentHelp(
            "When it happened (default: start-date; a deletion's own time for delete).",
            valueName: "time"))
    var eventTime: EventTime?

    func validate() throws {
        // Whoever delivers knows an update by its time.
        guard aspectType != .update || eventTime != .now else {
            throw ValidationError(
                "--aspect-type update, --event-time now: replay knows an update by its time,"
                    + " and would send those of a second run again: leave --event-time out")
        }
    }

    func reader(_ edge: borrowing Edge, namesSports: Bool) -> ActivityReader {
        ActivityReader(for: aspectType, at: eventTime, namesSports: namesSports, now: edge.wallClock)
    }
}

extension Aspect: ExpressibleByArgument {}
extension EventTime: ExpressibleByArgument {}
