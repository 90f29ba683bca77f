import Glibc
import NDJSON

/// The only way to stderr: messages of one line each, with the tool's name before them and nothing in them that a
/// terminal would obey.
public final class Diagnostics {
    // A class, because the bar at the bottom of a terminal is one, whoever writes above it.

    /// How a message weighs.
    public enum Level: String, Sendable {
        /// A record or the run failed. Always shown.
        case error
        /// Something that a careful user would want to know. Always shown.
        case warning
        /// What the run is for, where that is words, as the plan of a dry run. Always shown.
        case report
        /// What is going on. Not with `--quiet`.
        case note
        /// What is going on in detail. With `--verbose` only.
        case detail
    }

    /// How messages look.
    public enum Format: String, Sendable, CaseIterable {
        /// `tool: message`.
        case text
        /// `{"time":…,"level":…,"tool":…,"message":…}`.
        case json
    }

    /// Whether stderr is a terminal that understands more than lines.
    public let isTerminal: Bool
    /// Whether only errors and warnings are wanted.
    public let isQuiet: Bool
    /// Whether details are wanted too.
    public let isVerbose: Bool

    private let tool: String
    private let format: Format
    private let hasColour: Bool
    /// What is at the bottom of the terminal.
    private var bar: String?

    init(tool: String, format: Format, isQuiet: Bool, isVerbose: Bool, environment: [String: String]) {
        self.tool = tool
        self.format = format
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
        isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" && format == .text
        // Source: no-color.org, "when present and not an empty string".
        hasColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty
    }

    /// A record or the run failed.
    public func error(_ message: String) { write(message, .error) }

    /// Something that a careful user would want to know.
    public func warning(_ message: String) { write(message, .warning) }

    /// What the run is for, where that is words.
    public func report(_ message: String) { write(message, .report) }

    /// What is going on.
    public func note(_ message: String) { write(message, .note) }

    /// What is going on, in detail.
    public func detail(_ message: String) { write(message, .detail) }

    /// Redraws the line at the bottom of the terminal; nothing where stderr is none.
    public func draw(bar: String) {
        guard isTerminal, !isQuiet else { return }
        // A bar that wraps could not be erased again, and the terminal may show ^C behind it.
        emit("\r\u{1B}[K" + Diagnostics.escape(bar).prefix(max(1, Diagnostics.width - 3)))
        self.bar = bar
    }

    /// Columns of the terminal; 80 when it does not say.
    private static var width: Int {
        var size = winsize()
        let answers = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return answers && size.ws_col > 1 ? Int(size.ws_col) : 80
    }

    /// Takes the bar away, so that what follows begins on an empty line.
    public func eraseBar() {
        guard bar != nil else { return }
        emit("\r\u{1B}[K")
        bar = nil
    }

    /// Lets `write` put whole lines on the terminal, above the bar.
    func aboveBar(_ write: () throws(StreamError) -> Void) throws(StreamError) {
        let bar = bar
        eraseBar()
        try write()
        if let bar { draw(bar: bar) }
    }

    private func write(_ message: String, _ level: Level) {
        guard level != .note || !isQuiet, level != .detail || isVerbose else { return }
        eraseBar()
        switch format {
        case .text:
            let mark = level == .warning ? "warning: " : ""
            emit("\(coloured(tool + ":", level)) \(mark)\(Diagnostics.escape(message))\n")
        case .json:
            var text = JSONText()
            text.object {
                $0.member("time", Clock.wall())
                $0.member("level", level.rawValue)
                $0.member("tool", tool)
                $0.member("message", message)
            }
            text.endLine()
            emit(text.string)
        }
    }

    private func coloured(_ text: String, _ level: Level) -> String {
        guard hasColour else { return text }
        switch level {
        case .error: return "\u{1B}[31m\(text)\u{1B}[0m"
        case .warning: return "\u{1B}[33m\(text)\u{1B}[0m"
        case .report, .note, .detail: return "\u{1B}[2m\(text)\u{1B}[0m"
        }
    }

    /// One write for a message, so that the messages of stages that share a terminal do not mix.
    private func emit(_ text: String) {
        // When nobody can listen, the exit status still tells how the run went.
        try? writeAll(Array(text.utf8), to: STDERR_FILENO, unless: Diagnostics.mustGiveUp)
    }

    /// After a stop, words that nobody takes must not keep the run alive.
    private static func mustGiveUp() -> Bool {
        guard Signals.isStopRequested else { return false }
        var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return poll(&ready, 1, 0) == 0
    }

    /// `text` with all that a terminal would obey, or that would hide or reorder what stands around it, made visible.
    static func escape(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isDeceptive(scalar) {
                escaped.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Controls (C0, DEL, C1), zero-width characters, and those that reorder bidirectional text.
    /// Source: Unicode Standard Annex 9, table 4, and Technical Report 36, 3.
    private static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}
