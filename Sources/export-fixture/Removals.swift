import NDJSON

/// What was left out though nobody had said so, for the end of the run.
struct Removals {
    /// Why a value was left out.
    enum Reason: String {
        /// Its column is not in the policy.
        case unknown = "not in the policy"
        /// An id was due.
        case notAnID = "not an id"
        /// A text that no policy allows.
        case text = "not a number, a time or a single word"
        /// A single value was due.
        case notSingle = "not a single value"
        /// An object was due.
        case notAnObject = "not an object"

        fileprivate var wayOut: String {
            switch self {
            case .unknown: "list it in a --policy FILE to keep it"
            case .text: "\"keep text\" in a --policy FILE keeps it"
            case .notAnID, .notSingle, .notAnObject: "treat it otherwise in a --policy FILE"
            }
        }
    }

    /// One column that lost values.
    struct Finding: Equatable {
        let path: String
        let reason: Reason
        fileprivate(set) var records: Int
        fileprivate var lastRecord: Int
    }

    /// In the order in which they were found.
    private(set) var findings: [Finding] = []
    /// Records that lost values in columns beyond the first hundred: a hostile stream has a new key on each line.
    private(set) var unnamed = 0

    private var record = 0
    private var lastUnnamed = 0
    private var indices: [String: Int] = [:]

    private static let most = 100

    /// What is noted from now on is of the next record.
    mutating func beginRecord() { record += 1 }

    /// A value of this column was left out.
    mutating func note(_ path: String, _ reason: Reason) {
        let path = Excerpt(path).description
        let name = "\(reason.rawValue) \(path)"
        if let index = indices[name] {
            if findings[index].lastRecord != record { findings[index].records += 1 }
            findings[index].lastRecord = record
        } else if findings.count < Removals.most {
            indices[name] = findings.count
            findings.append(Finding(path: path, reason: reason, records: 1, lastRecord: record))
        } else if lastUnnamed != record {
            unnamed += 1
            lastUnnamed = record
        }
    }

    /// Whether a value was other than its column's treatment expects: then the fixture lacks what the policy wanted in it.
    var hasMisfits: Bool { findings.contains { $0.reason != .unknown } }

    /// A line for each column: `where: why: what; way out`.
    var messages: [String] {
        var messages = findings.map {
            "\($0.path): \($0.reason.rawValue): removed from \(Removals.count($0.records)); \($0.reason.wayOut)"
        }
        if unnamed > 0 {
            messages.append("other columns: too many to be named: removed from \(Removals.count(unnamed))")
        }
        return messages
    }

    private static func count(_ records: Int) -> String { "\(records) \(records == 1 ? "record" : "records")" }
}
