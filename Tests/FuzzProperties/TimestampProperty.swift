import NDJSON

/// A text is the moment that counting says, in both notations; and a moment's own text is the same moment.
enum TimestampProperty {
    static func check(_ input: [UInt8]) throws(Violation) {
        let text = Timestamp(text: input)
        try requireEqual(text.map { Int128($0.microseconds) }, ReferenceTime.text(input), "the moment of a text")
        let epoch = Timestamp(epoch: input)
        try requireEqual(epoch.map { Int128($0.microseconds) }, ReferenceTime.epoch(input), "the moment of a number")
        // The bytes themselves as a number, spread over more than all moments.
        let bits = input.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
        let microseconds = Timestamp(microseconds: bits)
        try requireEqual(
            microseconds.map { Int128($0.microseconds) }, ReferenceTime.within(Int128(bits)), "a moment by its number")
        for moment in [text, epoch, microseconds, Timestamp(unixSeconds: bits)] {
            if let moment { try check(moment) }
        }
    }

    private static func check(_ moment: Timestamp) throws(Violation) {
        let description = moment.description
        try requireEqual(description, ReferenceTime.description(moment.microseconds), "a moment in words")
        try requireEqual(Timestamp(text: description.utf8), moment, "the moment of its own words")
        let seconds = moment.unixSeconds
        let rest = moment.microseconds - seconds * 1_000_000
        try requireEqual((0..<1_000_000).contains(rest), true, "whole seconds are rounded down")
        var text = JSONText()
        text.value(moment)
        try requireEqual(text.string, "\"\(description)\"", "a moment as JSON")
    }
}
