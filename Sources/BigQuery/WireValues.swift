import NDJSON

// The forms of a value that servers send seldom, or that some servers send: exponents, NaN, bare numbers, moments as text.

extension FieldType {
    /// The JSON for what the service says of a value; nil when it does not fit.
    func json(_ text: [UInt8], isString: Bool) -> [UInt8]? {
        switch self {
        case .integer: Int64(String(decoding: text, as: UTF8.self)).map { Array(String($0).utf8) }
        case .float, .numeric: FieldType.number(String(decoding: text, as: UTF8.self)).map { Array($0.utf8) }
        case .boolean: WireBoolean(text, isString: isString).map { Array(($0.value ? "true" : "false").utf8) }
        case .timestamp: WireMoment(text).map { Array("\"\($0.text)\"".utf8) }
        case .timestampRange: isString ? FieldType.range(text) : nil
        default: nil
        }
    }

    private static func number(_ text: String) -> String? {
        switch text.lowercased() {
        case "nan": "\"NaN\""
        case "inf", "+inf", "infinity", "+infinity": "\"Infinity\""
        case "-inf", "-infinity": "\"-Infinity\""
        default: NumberText(text)?.json
        }
    }

    /// `[first, behind)`: ends that are microseconds become moments, `UNBOUNDED` and whatever else stays as it came.
    private static func range(_ text: [UInt8]) -> [UInt8] {
        var range: [UInt8] = []
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: { "[(, )]".utf8.contains($0) }) {
            range += WireMoment(part).map { Array($0.text.utf8) } ?? Array(part)
            // Behind each part but the last stands the one byte that ended it.
            if part.endIndex < text.endIndex { range.append(text[part.endIndex]) }
        }
        var json = JSONText()
        json.value(String(decoding: range, as: UTF8.self))
        return json.bytes
    }
}

/// A BOOL, in the forms that Google's own client takes.
struct WireBoolean {
    let value: Bool

    init?(_ text: some Sequence<UInt8>, isString: Bool) {
        switch String(decoding: Array(text), as: UTF8.self).lowercased() {
        case "true": value = true
        case "false": value = false
        case "t" where isString, "1" where isString: value = true
        case "f" where isString, "0" where isString: value = false
        default: return nil
        }
    }
}

/// A TIMESTAMP: microseconds, as they are asked for; float seconds, which is what older servers send all the same; or text.
struct WireMoment {
    /// RFC 3339 in UTC, with all the decimals that the service sent when six do not say them.
    let text: String

    init?(_ wire: some Collection<UInt8>) {
        if let microseconds = Int64(String(decoding: wire, as: UTF8.self)) {
            guard let moment = Timestamp(microseconds: microseconds) else { return nil }
            text = moment.description
        } else if let moment = Timestamp(epoch: wire) {
            text = moment.description
        } else {
            guard let moment = Timestamp(text: wire) else { return nil }
            text = WireMoment.text(of: moment, decimals: WireMoment.decimals(of: wire))
        }
    }

    /// What TIMESTAMP(12) has more than a `Timestamp` holds.
    private static func text(of moment: Timestamp, decimals: [UInt8]) -> String {
        guard decimals.dropFirst(6).contains(where: { $0 != UInt8(ascii: "0") }),
            let second = Timestamp(unixSeconds: moment.unixSeconds)
        else { return moment.description }
        return "\(second.description.dropLast()).\(String(decoding: decimals, as: UTF8.self))Z"
    }

    private static func decimals(of wire: some Collection<UInt8>) -> [UInt8] {
        let fraction = wire.drop { $0 != UInt8(ascii: ".") }.dropFirst()
        return Array(fraction.prefix { $0 &- UInt8(ascii: "0") < 10 })
    }
}
