public import NDJSON

/// The id of a push subscription, as people keep it in variables and files. Its text may stand beside secrets, so that no
/// error shows more of it than the id.
public struct SubscriptionID: Equatable, Sendable {
    /// The member that holds it, where a JSON object does.
    public static let key = "webhook_subscription_id"

    /// Above zero.
    public let number: Int64

    /// Digits, with white space around them.
    public init(_ text: String) throws(SubscriptionIDError) {
        let words = text.split(whereSeparator: \.isWhitespace)
        // As in a record: Int64 alone would read +7 and 007 too.
        guard words.count == 1, words[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            !words[0].hasPrefix("0"), let number = Int64(words[0])
        else { throw .notDigits }
        self.init(number: number)
    }

    /// Digits, with white space around them, or a JSON object, whose member `key` is a number or a string of digits.
    ///
    /// A byte order mark, which some editors put before a text, is no part of it.
    public init(contents text: String) throws(SubscriptionIDError) {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard text.first(where: { !$0.isWhitespace }) == "{" else {
            try self.init(text)
            return
        }
        let fields: Fields
        do throws(JSONError) {
            fields = try Fields(parsing: Array(text.utf8), at: FieldPaths([SubscriptionID.key]))
        } catch {
            throw .notJSON(error)
        }
        guard let value = fields[0], value.kind != .null else { throw .missing }
        guard let id = value.id else { throw .notAnID(value.excerpt) }
        self.init(number: id)
    }

    private init(number: Int64) {
        self.number = number
    }
}

/// Why a text holds no id of a subscription. Facts here, words below.
public enum SubscriptionIDError: Error, Equatable {
    /// Something else than digits, and no JSON object.
    case notDigits
    /// It begins as a JSON object does, and is none.
    case notJSON(JSONError)
    /// The object has no such member, or it is null.
    case missing
    /// The member cannot be an id.
    case notAnID(Excerpt)
}

extension SubscriptionIDError: CustomStringConvertible {
    /// `what: why`, on one line, without advice.
    public var description: String {
        switch self {
        case .notDigits: "not a subscription id: digits were expected, above zero"
        case .notJSON(let error): "\(error)"
        case .missing: "\(SubscriptionID.key): missing"
        case .notAnID(let text): "\(SubscriptionID.key): not an id (1 to \(Int64.max)): \(text)"
        }
    }
}
