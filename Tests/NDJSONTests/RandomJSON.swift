import TestSupport

/// Writes valid documents with everything that the grammar has, in all the ways it can be written.
struct RandomJSON {
    var random: SeededGenerator
    /// Few keys, so that some stand twice in an object.
    private static let keys = [
        "a", "b", "c", "", "\\u0061", "b\\/", "Ünicode", "a key that is longer than sixteen bytes",
    ]
    private static let characters = [
        "x", " ", "~", "\u{7F}", "é", "€", "🚴", "\\\"", "\\\\", "\\/", "\\b", "\\n", "\\u00e9",
    ]
    private static let numbers = [
        "0", "-0", "7", "-19", "9223372036854775807", "-9223372036854775808", "1.10", "0.5e3", "1E+2", "1e-7",
        "123456789012345678901",
    ]

    init(seed: Int) {
        random = SeededGenerator(seed: seed)
    }

    mutating func value(levels: Int) -> String {
        switch Int.random(in: 0..<(levels > 0 ? 8 : 5), using: &random) {
        case 0: return ["true", "false", "null"].randomElement(using: &random) ?? ""
        case 1, 2: return RandomJSON.numbers.randomElement(using: &random) ?? ""
        case 3, 4: return string()
        case 5: return array(levels: levels - 1)
        default: return object(levels: levels - 1)
        }
    }

    mutating func object(levels: Int) -> String {
        var members: [String] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let key = RandomJSON.keys.randomElement(using: &random) ?? ""
            members.append("\(space())\"\(key)\"\(space()):\(space())\(value(levels: levels))\(space())")
        }
        return members.isEmpty ? "{\(space())}" : "{\(members.joined(separator: ","))}"
    }

    mutating func array(levels: Int) -> String {
        var elements: [String] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            elements.append("\(space())\(value(levels: levels))\(space())")
        }
        return elements.isEmpty ? "[\(space())]" : "[\(elements.joined(separator: ","))]"
    }

    mutating func string() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            // Mostly plain, so that some runs are longer than a block of 16.
            let isPlain = Int.random(in: 0..<8, using: &random) > 0
            text += isPlain ? "p" : RandomJSON.characters.randomElement(using: &random) ?? ""
        }
        return "\"\(text)\""
    }

    mutating func space() -> String {
        Int.random(in: 0..<6, using: &random) > 0 ? "" : [" ", "\t", "\n", "\r\n"].randomElement(using: &random) ?? ""
    }
}
