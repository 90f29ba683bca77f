import ArgumentParser
import Delivery
import FilterKit
import Glibc
import NDJSON

/// Shows how far a run has come: a line that is redrawn on a terminal, a line a minute elsewhere, and a line for who asks
/// by USR1.
///
/// A class (rule 10): the run that it follows and the signal that asks it see one state.
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
    private let rate: Rate
    private let budget: Budget?
    /// Lines of the input; nil where nobody knows. Counted when they are first shown: a quiet run reads no file twice.
    private lazy var total = countLines()
    private let countLines: () -> Int?
    private let start: Duration
    private var pulse: Pulse
    private var summary = Summary()
    private var standings: [Standing] = []
    /// When the next window opens, while the run waits for it.
    private var opening: Timestamp?

    private static let redraw = Duration.milliseconds(100)

    init(_ style: Style, _ rate: Rate, _ budget: Budget?, _ edge: borrowing Edge) {
        diagnostics = edge.diagnostics
        clock = edge.monotonicClock
        start = clock()
        self.rate = rate
        self.budget = budget
        let canDraw = edge.diagnostics.isTerminal && edge.environment["NO_COLOR", default: ""].isEmpty
        form =
            switch style {
            case .none: .none
            case .plain: .plain
            case .auto, .bar: canDraw ? .bar : .plain
            }
        countLines = edge.lineCounter
        pulse = form == .bar ? Pulse(from: start, every: Progress.redraw) : Pulse(from: start)
        edge.onStatusRequest { [self] in diagnostics.report(words) }
    }

    /// Shows what is new, if it is time to.
    func follow(_ news: DeliveryNews) {
        switch news {
        case .advanced(let summary, let standings):
            self.summary = summary
            self.standings = standings
            opening = nil
            if pulse.beats(at: clock()) { show() }
        // It will be the last news for a while.
        case .waiting(let opening):
            self.opening = opening
            if form == .bar || pulse.beats(at: clock()) { show() }
        case .attemptFailed, .exhausted, .failed, .lacksUpdates: break
        }
    }

    private func show() {
        switch form {
        case .none: return
        case .bar: diagnostics.draw(bar: "replay: \(words)")
        case .plain: diagnostics.note(words)
        }
    }

    /// `1300/5000, 2.0/s, 0 failed, 31 until 14:15Z, done 2026-12-06 09:30Z`: fits into 80 columns.
    private var words: String {
        let now = Clock.wall()
        let pace = self.pace
        var parts = [
            total.map { "\(summary.read)/\($0)" } ?? "\(summary.read) read", "\(pace.words)/s",
            "\(summary.failed) failed",
        ]
        if let opening {
            parts.append("waits until \(opening.words(at: now))")
        } else if let next = standings.min(by: { $0.eventsLeft < $1.eventsLeft }),
            let end = Timestamp(unixSeconds: next.window.end)
        {
            parts.append("\(next.eventsLeft) until \(end.words(at: now))")
        }
        if let total, total > summary.read {
            let rest = Forecast(
                events: total - summary.read, from: now, rate: rate.slowed(to: pace.interval), budget, standings)
            if let last = rest.last { parts.append("done \(last.words(at: now))") }
        }
        return parts.joined(separator: ", ")
    }

    /// How fast it goes by now.
    private var pace: (words: String, interval: Duration) {
        // n events have n - 1 pauses between them: counting the first one too would show more than --rate-limit allows.
        let pauses = max(0, summary.delivered + summary.failed - 1)
        let passed = max(.milliseconds(1), clock() - start)
        let tenths = Int((10 * Double(pauses) / (passed / .seconds(1))).rounded())
        return ("\(tenths / 10).\(tenths % 10)", pauses == 0 ? .zero : passed / pauses)
    }
}
