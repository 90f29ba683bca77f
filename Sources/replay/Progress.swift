import ArgumentParser
import Delivery
import FilterKit

/// Shows how far a run has come: a line that is redrawn on a terminal, a line a minute elsewhere, and a line for who asks
/// by USR1.
struct Progress {
    /// How progress shows.
    enum Style: String, ExpressibleByArgument, CaseIterable {
        case auto, bar, plain, none
    }

    private enum Form {
        case bar, plain, none
    }

    private let diagnostics: Diagnostics
    private let clock: () -> Duration
    private let form: Form
    private let start: Duration
    private var pulse: Pulse

    private let latest = Latest()

    /// A class (rule 10): who asks wants what holds by then.
    private final class Latest {
        var summary = Summary()
    }

    private static let redraw = Duration.milliseconds(100)

    init(_ style: Style, _ edge: borrowing Edge) {
        diagnostics = edge.diagnostics
        clock = edge.monotonicClock
        start = clock()
        let canDraw = edge.diagnostics.isTerminal && edge.environment["NO_COLOR", default: ""].isEmpty
        form =
            switch style {
            case .none: .none
            case .plain: .plain
            case .auto, .bar: canDraw ? .bar : .plain
            }
        pulse = form == .bar ? Pulse(from: start, every: Progress.redraw) : Pulse(from: start)
        edge.onStatusRequest { [latest, start, clock, diagnostics] in
            diagnostics.report(Progress.words(latest.summary, since: start, at: clock()))
        }
    }

    mutating func advance(to summary: Summary) {
        latest.summary = summary
        let now = clock()
        guard form != .none, pulse.beats(at: now) else { return }
        switch form {
        case .none: return
        case .bar: diagnostics.draw(bar: "replay: \(Progress.words(summary, since: start, at: now))")
        case .plain: diagnostics.note(Progress.words(summary, since: start, at: now))
        }
    }

    private static func words(_ summary: Summary, since start: Duration, at now: Duration) -> String {
        // n events have n - 1 pauses between them: counting the first one too would show more than --rate-limit allows.
        let paced = Double(max(0, summary.delivered + summary.failed - 1))
        let tenths = Int((10 * paced / max(0.001, (now - start) / .seconds(1))).rounded())
        return "\(summary.delivered) delivered, \(summary.failed) failed, \(summary.alreadySettled) already settled, "
            + "\(summary.pending) pending, \(tenths / 10).\(tenths % 10)/s"
    }
}
