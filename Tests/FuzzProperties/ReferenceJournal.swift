import Delivery
import NDJSON

/// What a journal says, found out line by line from its description: slow and plain, to compare the reader with.
struct ReferenceJournal {
    struct Trouble: Equatable {
        let time: Excerpt
        let reason: Excerpt
    }

    enum Refusal: Error, Equatable {
        case notAJournal
        case newerVersion(Int64)
    }

    private(set) var key: String?
    private(set) var target: String?
    private(set) var damagedLines = 0
    private(set) var breakersInARow = 0
    private(set) var lastTrouble: Trouble?
    /// Where each event stands, by its identity.
    private(set) var settlements: [[UInt8]: Settlement] = [:]

    func count(of settlement: Settlement) -> Int { settlements.values.count { $0 == settlement } }

    init(_ file: [UInt8]) throws(Refusal) {
        // Lines that are too long for a journal are longer than any input.
        let lines = ReferenceLines.cut(file, limit: .max).map { reading -> (number: Int, text: [UInt8]) in
            if case .line(let number, let text, _) = reading { (number, text) } else { (0, []) }
        }
        let lineFeeds = file.count { $0 == UInt8(ascii: "\n") }
        let endsWithLineFeed = file.last == UInt8(ascii: "\n")
        guard let (number, head) = lines.first else { return }
        // A torn line has no line feed behind it.
        guard lineFeeds >= number || !ReferenceJournal.isTorn(head) else { return }
        key = try ReferenceJournal.key(in: head)
        for (index, line) in lines.enumerated().dropFirst() where !take(line.text) {
            // The last line may be in the middle of being written.
            if index < lines.count - 1 || endsWithLineFeed { damagedLines += 1 }
        }
    }

    /// Whether a crash can have left it of the first write.
    private static func isTorn(_ head: [UInt8]) -> Bool {
        let start = Array(#"{"journal":"replay","#.utf8)
        let isJSON = (try? ReferenceJSON.parse(head)) != nil
        return !isJSON && (head.allSatisfy { $0 == 0 } || zip(head, start).allSatisfy { $0 == $1 })
    }

    private static func key(in head: [UInt8]) throws(Refusal) -> String {
        guard let node = try? ReferenceJSON.parse(head), case .object = node.content,
            node[path: "journal"]?.string == Array("replay".utf8),
            let version = node[path: "version"]?.integer(in: head)
        else { throw .notAJournal }
        guard version <= 1 else { throw .newerVersion(version) }
        guard let text = node[path: "key"]?.string else { throw .notAJournal }
        let key = String(decoding: text, as: UTF8.self)
        guard key == "webhook" || (try? IdentityRule(fields: key)) != nil else { throw .notAJournal }
        return key
    }

    // MARK: Records

    /// False when the line says nothing that can be trusted.
    private mutating func take(_ line: [UInt8]) -> Bool {
        guard let node = try? ReferenceJSON.parse(line), case .object = node.content else { return false }
        func words(_ name: String) -> String { String(decoding: node[path: name]?.string ?? [], as: UTF8.self) }
        func trouble(_ reason: String) -> Trouble {
            Trouble(time: Excerpt(words("time")), reason: Excerpt(reason))
        }
        if let name = node[path: "target"]?.string {
            target = String(decoding: name, as: UTF8.self)
        } else if let breaker = node[path: "breaker"] {
            breakersInARow += 1
            let events = breaker.integer(in: line) ?? 0
            lastTrouble = trouble("\(events) events in a row used up their attempts: \(words("reason"))")
        } else if let end = node[path: "pause"]?.string, ReferenceTime.text(end) != nil {
            lastTrouble = trouble(words("reason"))
        } else {
            guard let identity = identity(node, line) else { return false }
            let outcome = words("outcome")
            switch outcome {
            case "delivered": settlements[identity] = .delivered
            case "failed": settlements[identity] = .failed
            case "gone": settlements[identity] = .gone
            case "landed": settlements[identity] = .landed
            case "exhausted", "unanswered", "reopened": settlements[identity] = .pending
            default: return false
            }
            let isAnswer = outcome == "delivered" || (outcome == "failed" && node[path: "runs"] == nil)
            if isAnswer { breakersInARow = 0 }
            if !["delivered", "landed", "reopened"].contains(outcome) { lastTrouble = trouble(words("reason")) }
        }
        return true
    }

    /// The values of the key's fields, each in one notation; nil where one is missing or no scalar.
    private func identity(_ node: ReferenceJSON.Node, _ line: [UInt8]) -> [UInt8]? {
        let isWebhook = key == "webhook"
        var paths = (key ?? "").split(separator: ",").map(String.init)
        if isWebhook {
            let isUpdate = node[path: "event.aspect_type"]?.string == Array("update".utf8)
            paths = ["object_type", "object_id", "aspect_type"] + (isUpdate ? ["event_time"] : [])
        }
        var identity: [UInt8] = []
        for path in paths {
            guard let value = node[path: "event." + path] else { return nil }
            let id = value.id(in: line)
            switch value.content {
            case .object, .array, .literal(.null): return nil
            case _ where isWebhook && path == "object_id" && id == nil: return nil
            case _ where id != nil: identity += Array("\(id ?? 0)".utf8)
            // No text has a byte like these, so that nothing else looks the same.
            case .string(let text): identity += [0xFE] + text
            default: identity += line[value.range]
            }
            identity.append(0xFF)
        }
        return identity
    }
}
