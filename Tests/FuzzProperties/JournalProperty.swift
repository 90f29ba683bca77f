import Delivery
import NDJSON

/// Whatever stands in a journal's file, reading it gives what its lines say, or an error; looking changes nothing;
/// opening it repairs no more than its end; and its records, written once more, say the same.
enum JournalProperty {
    static func check(_ input: [UInt8]) throws(Violation) {
        let file = ScratchFile(input)
        let expected: ReferenceJournal
        do { expected = try ReferenceJournal(input) } catch { return try checkRefusal(error, file, input) }
        let history = try history(file, "reading")
        try compare(history, expected, "reading")
        try requireEqual(file.contents, input, "the file after reading")
        try checkExtracts(file, history)
        try checkOpening(file, input, history)
    }

    private static func checkRefusal(
        _ refusal: ReferenceJournal.Refusal, _ file: ScratchFile, _ input: [UInt8]
    ) throws(Violation) {
        do {
            _ = try History(journalAt: file.path) { _ in }
            throw Violation(description: "read as a journal, although \(refusal)")
        } catch let error as JournalError {
            switch (error, refusal) {
            case (.notAJournal, .notAJournal): break
            case (.newerVersion(_, let found), .newerVersion(let expected)) where found == expected: break
            default: throw Violation(description: "refused as \(error), expected \(refusal)")
            }
        } catch {
            throw Violation(description: "\(error)")
        }
        if (try? open(file, .webhook, nil).history) != nil {
            throw Violation(description: "opened, although \(refusal)")
        }
        try requireEqual(file.contents, input, "the file after a refusal")
    }

    // MARK: Opening

    private static func checkOpening(_ file: ScratchFile, _ input: [UInt8], _ before: History) throws(Violation) {
        let rule = before.rule ?? .webhook
        let opened: History
        do { opened = try open(file, rule, before.target).history } catch {
            throw Violation(description: "read, and not opened: \(error)")
        }
        try compareEvents(opened, before, "opening")
        let repaired = file.contents
        let isCompleted = repaired == input + Array("\n".utf8)
        let isCut = input.starts(with: repaired) && (repaired.isEmpty || repaired.last == UInt8(ascii: "\n"))
        guard isCompleted || isCut else { throw Violation(description: "opening changed more than the end") }
        if input.last == UInt8(ascii: "\n") { try requireEqual(repaired, input, "a file with nothing to repair") }
        // What later runs find is what this one has.
        let after = try history(file, "reading what was repaired")
        try compareEvents(after, opened, "reading what was repaired")
        do {
            try compare(after, try ReferenceJournal(repaired), "reading what was repaired")
            _ = try open(file, rule, before.target).history
        } catch {
            throw Violation(description: "opened, and not opened again: \(error)")
        }
        try requireEqual(file.contents, repaired, "the file after the second opening")
    }

    private static func open(
        _ file: ScratchFile, _ rule: IdentityRule, _ target: String?
    ) throws(JournalError) -> Journal {
        try Journal.open(path: file.path, rule: rule, target: target, holder: "fuzzer") { _ in }
    }

    // MARK: Writing once more

    private static func checkExtracts(_ file: ScratchFile, _ history: History) throws(Violation) {
        guard let rule = history.rule else { return }
        var text = JSONText()
        text.object { text in
            text.member("journal", "replay")
            text.member("version", 1)
            text.member("key", rule.name)
        }
        text.endLine()
        for settlement in Settlement.allCases {
            do {
                let extract = try JournalExtract(journalAt: file.path, of: settlement, until: nil) { _ in }
                try requireEqual(extract.count, count(settlement, in: history), "records that are \(settlement)")
                try extract.forEach { record in
                    text.value(record)
                    text.endLine()
                }
            } catch {
                throw Violation(description: "\(error)")
            }
        }
        let copy = try self.history(ScratchFile(text.bytes), "reading a copy")
        try compareEvents(copy, history, "reading a copy", withTarget: false)
        try requireEqual(copy.damagedLines, 0, "damaged lines of a copy")
    }

    // MARK: Comparing

    private static func history(_ file: ScratchFile, _ what: String) throws(Violation) -> History {
        do { return try History(journalAt: file.path) { _ in } } catch {
            throw Violation(description: "\(what): \(error)")
        }
    }

    private static func count(_ settlement: Settlement, in history: History) -> Int {
        switch settlement {
        case .pending: history.waiting
        case .delivered: history.delivered
        case .landed: history.landed
        case .failed: history.failed
        case .gone: history.gone
        }
    }

    private static func compare(
        _ history: History, _ expected: ReferenceJournal, _ what: String
    ) throws(Violation) {
        try requireEqual(history.rule?.name, expected.key, "\(what): the key")
        try requireEqual(history.target, expected.target, "\(what): the target")
        for settlement in Settlement.allCases {
            try requireEqual(
                count(settlement, in: history), expected.count(of: settlement), "\(what): \(settlement) events")
        }
        try requireEqual(history.damagedLines, expected.damagedLines, "\(what): damaged lines")
        try requireEqual(history.breakersInARow, expected.breakersInARow, "\(what): breakers in a row")
        let trouble = history.lastTrouble.map { ReferenceJournal.Trouble(time: $0.time, reason: $0.reason) }
        try requireEqual(trouble, expected.lastTrouble, "\(what): the last trouble")
    }

    private static func compareEvents(
        _ history: History, _ expected: History, _ what: String, withTarget: Bool = true
    ) throws(Violation) {
        try requireEqual(history.rule?.name, expected.rule?.name, "\(what): the key")
        if withTarget { try requireEqual(history.target, expected.target, "\(what): the target") }
        for settlement in Settlement.allCases {
            try requireEqual(
                count(settlement, in: history), count(settlement, in: expected), "\(what): \(settlement) events")
        }
    }
}
