import Delivery
import NDJSON

/// Whatever stands in a ledger's file, reading it gives a ledger or an error; no charge that can be read is forgotten;
/// looking changes nothing; and what is charged is what the next run finds.
enum LedgerProperty {
    private static let now = moment("2026-11-23T14:02:11Z")
    private static let budget: Budget = {
        do {
            return try Budget(
                [Quota("100/15m"), Quota("1000/1d"), Quota("2000/31d")], cost: 2, reserve: Reserve("20%"))
        } catch {
            preconditionFailure("a budget that holds: \(error)")
        }
    }()

    static func check(_ input: [UInt8]) throws(Violation) {
        let file = ScratchFile(input)
        let standing: [Standing]
        do {
            let ledger = try Ledger.rehearsal(path: file.path, budget: budget, at: now)
            standing = ledger.standing(at: now)
            try checkForecast(ledger)
        } catch let violation as Violation {
            throw violation
        } catch {
            try requireEqual(file.contents, input, "the file after a refusal")
            if (try? open(file).standing(at: now)) != nil { throw Violation(description: "opened, although \(error)") }
            return try requireEqual(file.contents, input, "the file after a refusal to open it")
        }
        try requireEqual(file.contents, input, "the file after reading")
        try checkCharges(standing, input)
        let isComplete = input.last == UInt8(ascii: "\n")
        do {
            try checkCharging(file, standing, isComplete: isComplete)
        } catch let violation as Violation {
            throw violation
        } catch LedgerError.ahead where !isComplete {
            // The last line counts once its end is added.
        } catch {
            throw Violation(description: "read, and not charged: \(error)")
        }
    }

    // MARK: What is read

    /// Each quota has at least the charges of its window that a slow parser finds, and exactly them where nothing else is.
    private static func checkCharges(_ standings: [Standing], _ input: [UInt8]) throws(Violation) {
        let records = records(input)
        guard !records.contains(where: { $0?.isRefund == true }) else { return }
        var latest = Int64.min
        let charges = records.compactMap { $0 }.map { charge in
            latest = max(latest, charge.time)
            return (time: latest, calls: charge.calls)
        }
        for standing in standings {
            let counted = charges.filter { standing.quota.window(at: $0.time) == standing.window }.map(\.calls)
            let sum = counted.reduce(0, +)
            if records.allSatisfy({ $0 != nil }) {
                try requireEqual(standing.used, sum, "calls used of \(standing.quota)")
            }
            guard standing.used >= sum else {
                throw Violation(description: "\(standing.used) of \(sum) calls used of \(standing.quota)")
            }
        }
    }

    /// The records of all whole lines but the first; nil for what is damaged.
    private static func records(_ file: [UInt8]) -> [(time: Int64, calls: Int, isRefund: Bool)?] {
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.dropLast().dropFirst().map { record(Array($0)) }
    }

    private static func record(_ line: [UInt8]) -> (time: Int64, calls: Int, isRefund: Bool)? {
        guard let node = try? ReferenceJSON.parse(line), case .object = node.content,
            let calls = node[path: "charge"]?.integer(in: line), (1...1_000_000_000).contains(calls.magnitude),
            let time = node[path: "time"]?.string.flatMap(ReferenceTime.text)
        else { return nil }
        let seconds = Int64((time >= 0 ? time : time - 999_999) / 1_000_000)
        return (seconds, Int(calls.magnitude), calls < 0)
    }

    private static func checkForecast(_ ledger: borrowing Ledger) throws(Violation) {
        let opening = ledger.opening(at: now)
        guard opening >= now else { throw Violation(description: "opens at \(opening), before now") }
    }

    // MARK: What is charged

    private static func open(_ file: ScratchFile) throws(LedgerError) -> Ledger {
        try Ledger.open(path: file.path, budget: budget, target: "prod", at: now) { _ in }
    }

    private static func checkCharging(_ file: ScratchFile, _ standing: [Standing], isComplete: Bool) throws {
        // A damaged line before one that lacks its end is dated by the clock in this run, and by that line in the next.
        let isExact = isComplete || records(file.contents).allSatisfy { $0 != nil }
        var ledger = try open(file)
        let before = ledger.standing(at: now).map(\.used)
        // A last line that lacked its end, a charge or a refund, counts from now on.
        if isComplete { try requireEqual(before, standing.map(\.used), "calls used after opening") }
        switch try ledger.charge(at: now) {
        case .busy: throw Violation(description: "busy, and nobody else is there")
        case .spent(let end):
            guard end > now else { throw Violation(description: "spent until \(end), which is past") }
            try requireEqual(ledger.standing(at: now).map(\.used), before, "calls used by a charge that was refused")
        case .charged(let charge):
            let after = before.map { $0 + charge.calls }
            try requireEqual(ledger.standing(at: now).map(\.used), after, "calls used after a charge")
            if isExact { try requireEqual(try used(file), after, "calls used as the next run reads them") }
            try ledger.refund(charge)
            try requireEqual(ledger.standing(at: now).map(\.used), before, "calls used after a refund")
        }
        if isExact { try requireEqual(try used(file), before, "calls used as the last run reads them") }
    }

    private static func used(_ file: ScratchFile) throws(LedgerError) -> [Int] {
        try Ledger.rehearsal(path: file.path, budget: budget, at: now).standing(at: now).map(\.used)
    }

    private static func moment(_ text: String) -> Timestamp {
        guard let moment = Timestamp(text: text.utf8) else { preconditionFailure("no moment: \(text)") }
        return moment
    }
}
