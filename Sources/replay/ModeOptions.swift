import ArgumentParser
import Delivery
import FilterKit

/// What is done instead of sending.
struct ModeOptions: ParsableArguments {
    @Flag(help: "Send nothing: say what would be sent, and how long.")
    var dryRun = false

    @Flag(help: "Send nothing: say what checkpoint and quotas know.")
    var status = false

    @Option(
        help: ArgumentHelp(
            "Send nothing, read no input: print the records of the events that are delivered, landed, failed, gone or pending.",
            valueName: "state", visibility: .rare),
        completion: .list(Settlement.allCases.map(\.rawValue)),
        transform: Settlement.init(option:))
    var report: Settlement?

    @Option(
        help: ArgumentHelp(
            "Of the report, print only what is at least so old.", valueName: "duration", visibility: .rare),
        transform: Duration.init(option:))
    var settled: Duration?

    @Flag(
        help: ArgumentHelp(
            "Send nothing: the delivered events on stdin, or results with them, are to be sent again.",
            visibility: .rare))
    var reopen = false

    @Option(
        help: ArgumentHelp(
            "An event that was delivered so often is not reopened, but gone (default: 2).", valueName: "n",
            visibility: .rare))
    var maxDeliveries: Int?

    @Option(
        help: ArgumentHelp(
            "The events on stdin are what is missing of the results in this file: the others have landed.",
            valueName: "file", visibility: .rare),
        completion: .file())
    var lookedUp: String?

    @Option(
        help: ArgumentHelp(
            "Change nothing, and end with 75, when of the events that were delivered once less has landed (default: 90%).",
            valueName: "percentage", visibility: .rare),
        transform: Percentage.init)
    var minLanded: Percentage?

    /// One at most.
    enum Mode {
        case delivery, plan, status, report(Settlement), reopening
    }

    var mode: Mode {
        if dryRun { return .plan }
        if status { return .status }
        if let report { return .report(report) }
        return reopen ? .reopening : .delivery
    }

    func validate() throws {
        let given = [
            ("--dry-run", dryRun), ("--status", status), ("--report", report != nil), ("--reopen", reopen),
        ].filter(\.1).map(\.0)
        guard given.count < 2 else {
            throw ValidationError("\(given.joined(separator: ", ")): more than one is given: choose one")
        }
        if settled != nil, report == nil { throw ValidationError("--settled: not used: give --report") }
        if maxDeliveries != nil, !reopen { throw ValidationError("--max-deliveries: not used: give --reopen") }
        if lookedUp != nil, !reopen { throw ValidationError("--looked-up: not used: give --reopen") }
        if minLanded != nil, lookedUp == nil { throw ValidationError("--min-landed: not used: give --looked-up") }
        if let maxDeliveries, !(1...100).contains(maxDeliveries) {
            throw ValidationError("--max-deliveries: not 1 to 100: \(maxDeliveries)")
        }
    }
}

extension Settlement {
    fileprivate init(option text: String) throws {
        guard let settlement = Settlement(rawValue: text) else {
            throw ValidationError("expected delivered, landed, failed, gone or pending")
        }
        self = settlement
    }
}
