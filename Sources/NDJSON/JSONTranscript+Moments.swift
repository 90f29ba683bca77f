// Moments are written digit by digit into the text: a row of an activity has some thirty of them.

extension JSONTranscript {
    /// Writes the moment that stands in a string as microseconds since 1970: RFC 3339 in UTC, in quotes. False for another
    /// value, and for a moment that `Timestamp` does not have.
    mutating func copyMoment() -> Bool {
        guard let (microseconds, behind) = plainInteger(), let moment = Timestamp(microseconds: microseconds) else {
            return false
        }
        source = behind
        write(UInt8(ascii: "\""))
        write(moment)
        write(UInt8(ascii: "\""))
        return true
    }

    /// Passes over an integer of at most 18 digits that stands in a string; nil, and nothing passed over, for another value.
    mutating func takeInteger() -> Int64? {
        guard let (integer, behind) = plainInteger() else { return nil }
        source = behind
        return integer
    }

    private func plainInteger() -> (value: Int64, behind: Position)? {
        guard source.pointee == UInt8(ascii: "\"") else { return nil }
        let isNegative = source[1] == UInt8(ascii: "-")
        let first = isNegative ? source + 2 : source + 1
        var position = first
        var magnitude: Int64 = 0
        // Invariant: the quote behind the string is no digit. 18 digits are fewer than Int64 has.
        while position.pointee &- UInt8(ascii: "0") < 10, position - first < 18 {
            magnitude = magnitude &* 10 &+ Int64(position.pointee - UInt8(ascii: "0"))
            position += 1
        }
        guard position > first, position.pointee == UInt8(ascii: "\"") else { return nil }
        return (isNegative ? -magnitude : magnitude, position + 1)
    }

    /// Writes `moment` as `Timestamp.description` has it.
    mutating func write(_ moment: Timestamp) {
        makeRoom()
        let (seconds, fraction) = floorDivide(moment.microseconds, 1_000_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = CivilDate(daysSince1970: days).components
        // Invariant: the years 1 to 9999 have four digits, so that these are at most 27 bytes, less than the slack.
        writePair(year / 100, then: nil)
        writePair(year % 100, then: "-")
        writePair(month, then: "-")
        writePair(day, then: "T")
        writePair(secondOfDay / 3600, then: ":")
        writePair(secondOfDay / 60 % 60, then: ":")
        writePair(secondOfDay % 60, then: fraction == 0 ? "Z" : ".")
        guard fraction != 0 else { return }
        writePair(fraction / 10_000, then: nil)
        writePair(fraction / 100 % 100, then: nil)
        writePair(fraction % 100, then: "Z")
    }

    /// Writes a number below 100 as two digits, and a character behind them. The caller has made room.
    @inline(__always)
    private mutating func writePair(_ number: Int64, then separator: Unicode.Scalar?) {
        let (tens, ones) = UInt8(truncatingIfNeeded: number).quotientAndRemainder(dividingBy: 10)
        target[0] = UInt8(ascii: "0") + tens
        target[1] = UInt8(ascii: "0") + ones
        target += 2
        guard let separator else { return }
        target.pointee = UInt8(ascii: separator)
        target += 1
    }
}
