import Foundation
import TestSupport
import Testing

/// The table of answers in replay(1), row by row: the command meets such an answer, and does what stands there.
@Suite struct AnswerTableTests {
    /// A row with one of the answers that its first cell names.
    struct Row: CustomTestStringConvertible, Sendable {
        let answer: Answer
        let event: String
        let run: String
        let charge: String
        let exit: String

        var testDescription: String { answer.testDescription }

        static let all: [Row] = table.flatMap { cells in
            Answer.all(in: cells[0], named: named).map {
                Row(answer: $0, event: cells[1], run: cells[2], charge: cells[3], exit: cells[4])
            }
        }

        static let table = (try? ManualPage("replay.1").table("answer")) ?? []

        /// The statuses that the page has by their numbers: `other 4xx` are the others.
        private static let named = Set(
            table.flatMap { $0[0].matches(of: /[0-9]{3}/).compactMap { Int($0.output) } })
    }

    @Test(arguments: Row.all)
    func `each answer means for event, run, charge and status what the page says`(_ row: Row) throws {
        let first = try Trial(row.answer, lines: 2, attempts: 2)
        #expect(first.fate == row.event, "\(first.words)")
        #expect(first.charge == row.charge(of: row.answer), "\(first.words)")
        let (course, statuses) = try course(of: row.answer, after: first)
        #expect(course == row.run, "\(first.words)")
        #expect(statuses == row.exit, "\(first.words)")
    }

    /// The row's word for the run, and all statuses that it may end with.
    private func course(of answer: Answer, after first: Trial) throws -> (course: String, statuses: String) {
        guard first.wentOn else { return ("stops", first.exit) }
        let breaker = try Trial(answer, lines: 2, attempts: 1, breaker: 1)
        if !breaker.wentOn {
            return ("until the breaker", Set([first.exit, breaker.exit]).sorted().joined(separator: " or "))
        }
        let all = try Trial(answer, lines: 4, attempts: 1, toAll: true)
        let stopped = all.words.contains("the first 3 events were refused") && all.words.contains("1 pending")
        let statuses = Set([first.exit, breaker.exit, all.exit]).sorted().joined(separator: " or ")
        return (stopped ? "until three at first" : "goes on", statuses)
    }

    @Test func `the page has a row for each verdict`() throws {
        let code = try String(
            contentsOf: Run.clone.appendingPathComponent("Sources/Delivery/Verdict.swift"), encoding: .utf8)
        let verdicts = try #require(code.firstMatch(of: /public enum Verdict(?s:.*?)\n}/)).output
        #expect(verdicts.ranges(of: "\n    case ").count == Row.table.count)
        #expect(Row.table.allSatisfy { $0.count == 5 && !Answer.all(in: $0[0], named: []).isEmpty })
    }
}

extension AnswerTableTests.Row {
    /// The cell, for one answer: of a signal it says two things.
    func charge(of answer: Answer) -> String {
        guard charge == "stands if sent" else { return charge }
        return answer.isSent ? "stands" : "taken back"
    }
}
