import ArgumentParser
import Delivery
import FilterKit
import Glibc

/// Shows how far a run has come: a line that is redrawn on a terminal, a line a minute elsewhere.
///
/// A class (rule 10): the run that it follows and the signal that asks it see one line at the bottom of one terminal.
final class Progress {
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

    private static let redraw = Duration.milliseconds(100)

    init(_ style: Style, _ edge: borrowing Edge) {
        diagnostics = edge.diagnostics
        clock = edge.monotonicClock
        start = clock()
        // Results on the same terminal show by themselves how far it is; a bar between them would only tear.
        let canDraw =
            edge.diagnostics.isTerminal && edge.environment["NO_COLOR", default: ""].isEmpty
            && isatty(STDOUT_FILENO) == 0
        form =
            switch style {
            case .none: .none
            case .plain: .plain
            case .auto, .bar: canDraw ? .bar : .plain
            }
        pulse = form == .bar ? Pulse(from: start, every: Progress.redraw) : Pulse(from: start)
    }

    /// Shows what is new, if it is time to.
    func follow(_ news: DeliveryNews) {
        if case .advanced(let summary, _) = news { advance(to: summary) }
    }

    private func advance(to summary: Summary) {
        let now = clock()
        guard form != .none, pulse.beats(at: now) else { return }
        switch form {
        case .none: return
        case .bar: diagnostics.draw(bar: "replay: \(words(summary, now))")
        case .plain: diagnostics.note(words(summary, now))
        }
    }

    private func words(_ summary: Summary, _ now: Duration) -> String {
        // n events have n - 1 pauses between them: counting the first one too would show more than --rate-limit allows.
        let paced = Double(max(0, summary.delivered + summary.failed - 1))
        let tenths = Int((10 * paced / max(0.001, (now - start) / .seconds(1))).rounded())
        return "\(summary.delivered) delivered, \(summary.failed) failed, \(summary.alreadySettled) already settled, "
            + "\(summary.pending) pending, \(tenths / 10).\(tenths % 10)/s"
    }
}
