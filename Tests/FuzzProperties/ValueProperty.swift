import NDJSON

/// A value that was accepted can be taken apart, lies where it should, and is the same again when it is written.
enum ValueProperty {
    /// Below, the text alone is compared: each level is walked once for every level above it.
    private static let deepest = 100
    /// Looking a key up walks all members.
    private static let mostLookups = 8

    static func check(
        _ value: JSONValue, _ node: ReferenceJSON.Node, in text: [UInt8], depth: Int = 0
    ) throws(Violation) {
        try checkScalar(value, node, in: text)
        guard depth < deepest else { return }
        let shift = value.bytes.startIndex - node.range.lowerBound
        try checkMembers(value, node, in: text, shift: shift, depth: depth)
        var elements: [ReferenceJSON.Node] = []
        if case .array(let nodes) = node.content { elements = nodes }
        let found = value.elements
        try requireEqual(found.count, elements.count, "elements")
        for (value, node) in zip(found, elements) {
            try requireEqual(value.bytes.startIndex, node.range.lowerBound + shift, "where an element begins")
            try check(value, node, in: text, depth: depth + 1)
        }
    }

    private static func checkMembers(
        _ value: JSONValue, _ node: ReferenceJSON.Node, in text: [UInt8], shift: Int, depth: Int
    ) throws(Violation) {
        var members: [(key: [UInt8], value: ReferenceJSON.Node)] = []
        if case .object(let pairs) = node.content { members = pairs }
        var count = 0
        try value.forEachMember { (key, value) throws(Violation) in
            defer { count += 1 }
            guard count < members.count else { return }
            let member = members[count]
            try requireEqual(Array(key.utf8), member.key, "a key")
            try requireEqual(value.bytes.startIndex, member.value.range.lowerBound + shift, "where a member begins")
            try check(value, member.value, in: text, depth: depth + 1)
        }
        try requireEqual(count, members.count, "members")
        for (key, _) in members.prefix(mostLookups) {
            let range = node[key]?.range
            let found = value[String(decoding: key, as: UTF8.self)]
            try requireEqual(found?.bytes.startIndex, range.map { $0.lowerBound + shift }, "looking up a key")
        }
    }

    /// What can be said of a value without looking into it.
    static func checkScalar(
        _ value: JSONValue, _ node: ReferenceJSON.Node, in text: [UInt8]
    ) throws(Violation) {
        let bytes = Array(text[node.range])
        try requireEqual(Array(value.bytes), bytes, "a value's text")
        try requireEqual(value.kind, node.kind, "a value's kind")
        try requireEqual(value.string.map { Array($0.utf8) } ?? [], node.string ?? [], "what a string says")
        try requireEqual(value.string == nil, node.string == nil, "whether it is a string")
        try requireEqual(value.integer, node.integer(in: text), "an integer")
        try requireEqual(value.id, node.id(in: text), "an id")
        try requireEqual(value.boolean, node.kind == .true ? true : node.kind == .false ? false : nil, "a boolean")
        try checkCopy(value, bytes)
    }

    /// Written as it stands, and in the writer's own notation.
    private static func checkCopy(_ value: JSONValue, _ bytes: [UInt8]) throws(Violation) {
        var copy = JSONText()
        copy.value(value)
        // A line feed can only be white space here.
        try requireEqual(copy.bytes, bytes.map { $0 == 0x0A ? 0x20 : $0 }, "a copy")
        guard let string = value.string else { return }
        var text = JSONText()
        text.value(string)
        let again = try? JSONValue(parsing: text.bytes)
        try requireEqual(Array((again?.string ?? "").utf8), Array(string.utf8), "a string, written and read")
        try requireEqual(text.bytes.contains { $0 < 0x20 || $0 == 0x7F }, false, "whether a control was written")
    }
}
