import NDJSON

/// Takes a journal's lines apart.
struct JournalRecords {
    enum Reading {
        case line(Line)
        case tooLong(number: Int)
    }

    /// What a line says: readable until the next line is asked for.
    struct Record {
        enum Content {
            /// The journal belongs to this target.
            case target(String)
            /// The breaker opened.
            case breaker
            /// The other side wants to be left alone.
            case pause(until: Timestamp)
            case mark(Mark, Fingerprint)
        }

        let content: Content
        fileprivate let fields: Fields
        fileprivate let firstOther: Int

        subscript(field: Field) -> JSONValue? { fields[firstOther + field.rawValue] }
    }

    let rule: IdentityRule
    private let paths: FieldPaths
    private let firstOther: Int
    private var room: [UInt8] = []

    /// The names behind the identity's fields, in the order of their indices.
    enum Field: Int, CaseIterable {
        case outcome, target, breaker, pause, time, reason, runs
    }

    /// Nil when there is no first line; throws when it is not a journal's.
    init?(head: Reading?, path: String) throws(JournalError) {
        guard let head else { return nil }
        guard case .line(let line) = head,
            let fields = try? line.fields(at: FieldPaths(["journal", "version", "key"])),
            fields[0]?.string == Journal.name, let version = fields[1]?.integer
        else {
            guard case .line(let line) = head else { throw .notAJournal(path: path, Excerpt("a very long line")) }
            throw .notAJournal(path: path, line.excerpt)
        }
        guard version <= Journal.version else { throw .newerVersion(path: path, version) }
        guard let key = fields[2]?.string, let rule = IdentityRule(name: key) else {
            throw .notAJournal(path: path, line.excerpt)
        }
        self.rule = rule
        firstOther = rule.paths.count
        paths = FieldPaths(rule.paths.map { "event." + $0 } + Field.allCases.map { "\($0)" })
    }

    /// What the line says; throws a `JournalFinding` when that cannot be trusted.
    mutating func record(in reading: Reading) throws(JournalFinding) -> Record {
        let line: Line
        switch reading {
        case .line(let it): line = it
        case .tooLong(let number): throw .damaged(line: number, why: "longer than \(Journal.longestLine) bytes")
        }
        do {
            let fields = try line.fields(at: paths)
            func value(_ field: Field) -> JSONValue? { fields[firstOther + field.rawValue] }
            let content: Record.Content
            if let target = value(.target)?.string {
                content = .target(target)
            } else if value(.breaker) != nil {
                content = .breaker
            } else if let end = value(.pause)?.string.flatMap({ Timestamp(text: $0.utf8) }) {
                content = .pause(until: end)
            } else {
                let outcome = value(.outcome)?.string ?? ""
                guard let mark = Mark(outcome: outcome, isAnswer: value(.runs) == nil) else {
                    throw JournalFinding.damaged(line: line.number, why: "outcome: unknown: \(Excerpt(outcome))")
                }
                // A record without an identity must change nothing.
                content = .mark(mark, try Identity(fields, rule, room: &room).fingerprint)
            }
            return Record(content: content, fields: fields, firstOther: firstOther)
        } catch let finding as JournalFinding {
            throw finding
        } catch {
            throw .damaged(line: line.number, why: "\(error)")
        }
    }
}

extension Mark {
    /// - Parameter outcome: The word in a record.
    fileprivate init?(outcome: String, isAnswer: Bool) {
        switch outcome {
        case "delivered": self = .delivered
        case "failed": self = .failed(isAnswer: isAnswer)
        case "exhausted": self = .exhausted
        case "unanswered": self = .unanswered
        case "landed": self = .landed
        case "reopened": self = .reopened
        case "gone": self = .gone
        default: return nil
        }
    }

    /// The word in a record.
    var outcome: String {
        switch self {
        case .delivered: "delivered"
        case .failed: "failed"
        case .exhausted: "exhausted"
        case .unanswered: "unanswered"
        case .landed: "landed"
        case .reopened: "reopened"
        case .gone: "gone"
        }
    }
}
