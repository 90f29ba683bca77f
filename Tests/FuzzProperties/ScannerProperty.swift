import NDJSON

/// The scanner says of any bytes what a slow parser says, down to the column of a flaw, and hands out the same values.
enum ScannerProperty {
    private static let names = [
        "id", "a", "a.b", "a.b.c", "a.a", "athlete.id", "start_date", "", "é", "event.object_id", "K",
    ]
    private static let paths = FieldPaths(names)

    static func check(_ input: [UInt8]) throws(Violation) {
        let expected = Verdict { () throws(JSONError) in try ReferenceJSON.parse(input) }
        let document = Verdict { () throws(JSONError) in try JSONValue(parsing: input) }
        try requireEqual(document.error, expected.error, "JSONValue(parsing:)")
        if let value = document.value, let node = expected.value {
            try requireEqual(value.bytes.startIndex, node.range.lowerBound, "where the value begins")
            try ValueProperty.check(value, node, in: input)
        }
        let fields = Verdict { () throws(JSONError) in try Fields(parsing: input, at: paths) }
        try check(fields, expected, in: input)
        try checkLine(input, expected)
    }

    /// The same text as a line, with others around it that must not count.
    private static func checkLine(_ input: [UInt8], _ expected: Verdict<ReferenceJSON.Node>) throws(Violation) {
        guard !input.contains(UInt8(ascii: "\n")) else { return }
        let stream = Array("\n".utf8) + input + Array("\n\"}]}9é".utf8)
        try withLines(of: stream) { (reader) throws(Violation) in
            let isBlank = input.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
            guard case .line(let line)? = try? reader.next(), line.number == (isBlank ? 3 : 2) else {
                throw Violation(description: "the line is not read as the second one")
            }
            guard !isBlank else { return }
            // A carriage return at the end is no part of the line.
            let text = line.bytes
            let expected =
                text.count == input.count
                ? expected : Verdict { () throws(JSONError) in try ReferenceJSON.parse(text) }
            let object = Verdict { () throws(JSONError) in try line.object() }
            try requireEqual(object.error, expected.errorOfObject(in: text), "Line.object()")
            if let value = object.value, let node = expected.value { try ValueProperty.check(value, node, in: text) }
            let fields = Verdict { () throws(JSONError) in try line.fields(at: paths) }
            try check(fields, expected, in: text)
        }
    }

    private static func check(
        _ fields: Verdict<Fields>, _ expected: Verdict<ReferenceJSON.Node>, in text: [UInt8]
    ) throws(Violation) {
        try requireEqual(fields.error, expected.errorOfObject(in: text), "fields(at:)")
        guard let fields = fields.value, let node = expected.value else { return }
        try requireEqual(Array(fields.object.bytes), Array(text[node.range]), "the object")
        let shift = fields.object.bytes.startIndex - node.range.lowerBound
        for (index, name) in names.enumerated() {
            let (found, sought) = (fields[index], node[path: name])
            let range = sought.map { ($0.range.lowerBound + shift)..<($0.range.upperBound + shift) }
            try requireEqual(found?.bytes.indices, range, "the place of \(name)")
            if let found, let sought { try ValueProperty.checkScalar(found, sought, in: text) }
        }
    }
}
