import NDJSON

/// Which fields of an event say that two lines are the same event, wherever they stand in whatever input.
public struct IdentityRule: Equatable, Sendable {
    /// Strava's webhook events: object_type, object_id and aspect_type, and event_time for updates, of which an object
    /// may have many.
    public static let webhook = IdentityRule(
        name: "webhook", paths: ["object_type", "object_id", "aspect_type", "event_time"], isWebhook: true)
    /// The most fields that `init(fields:)` takes.
    public static let mostFields = 8

    /// `webhook`, or the fields as they were given: what a journal is bound to.
    public let name: String
    let paths: [String]
    let isWebhook: Bool

    /// Fields separated by commas, each a path of keys separated by dots: `source,data.id`.
    public init(fields: String) throws(IdentityRuleError) {
        let paths = fields.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard paths.count <= IdentityRule.mostFields else { throw .tooManyFields(paths.count) }
        for (index, path) in paths.enumerated() {
            // It is the name of another rule.
            guard path != IdentityRule.webhook.name || paths.count > 1 else { throw .reserved }
            let keys = path.split(separator: ".", omittingEmptySubsequences: false)
            guard keys.allSatisfy({ !$0.isEmpty }) else { throw .emptyName(fields) }
            // One field inside another could never both be texts or numbers.
            let clash = paths[..<index].first {
                $0 == path || $0.hasPrefix(path + ".") || path.hasPrefix($0 + ".")
            }
            if let clash { throw .overlapping(clash, path) }
        }
        self.init(name: fields, paths: paths, isWebhook: false)
    }

    /// The rule of that name, as a journal has it; nil when there is none.
    init?(name: String) {
        guard name != IdentityRule.webhook.name else {
            self = .webhook
            return
        }
        guard let rule = try? IdentityRule(fields: name) else { return nil }
        self = rule
    }

    private init(name: String, paths: [String], isWebhook: Bool) {
        self.name = name
        self.paths = paths
        self.isWebhook = isWebhook
    }
}

/// Why a text names no fields.
public enum IdentityRuleError: Error, Equatable {
    /// A name is missing before, after or between the separators.
    case emptyName(String)
    /// The same field twice, or one field inside another.
    case overlapping(String, String)
    /// A single field named as the rule for webhooks is.
    case reserved
    /// More than `IdentityRule.mostFields`.
    case tooManyFields(Int)
}

extension IdentityRuleError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .emptyName(let text): "not a list of fields (a,b.c): an empty name: \"\(text.prefix(80))\""
        case .overlapping(let first, let second): "not two fields: \"\(first.prefix(80))\" and \"\(second.prefix(80))\""
        case .reserved: "not a list of fields: \"\(IdentityRule.webhook.name)\" is the name of the default"
        case .tooManyFields(let count): "too many fields: \(count), at most \(IdentityRule.mostFields)"
        }
    }
}
