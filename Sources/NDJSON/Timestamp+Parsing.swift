// The texts that a moment may have: RFC 3339, what BigQuery prints, and epoch numbers. All from bytes, by arithmetic.

extension Timestamp {
    /// A moment in RFC 3339, or in the text form that BigQuery prints: `2024-01-05 07:12:33.5 UTC`, `…+00`.
    ///
    /// An offset is required: without one the moment would depend on where the reader stands. `T`, `t` or a blank
    /// between day and time; any number of decimals, of which six are kept; `23:59:60` is the next second. Nil for
    /// anything else, `24:00`, a date alone and a moment outside the years 1 to 9999 included.
    /// Source: RFC 3339, 5.6, and cloud.google.com/bigquery/docs/reference/standard-sql/data-types#timestamp_type.
    public init?(text: ArraySlice<UInt8>) {
        var reader = TimeTextReader(text)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), let date = CivilDate(year: year, month: month, day: day),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.digits(2), hour < 24, reader.take(":"),
            let minute = reader.digits(2), minute < 60, reader.take(":"),
            let second = reader.digits(2), second < 60 || (second == 60 && hour == 23 && minute == 59),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// The same from another kind of text.
    public init?(text: some Sequence<UInt8>) { self.init(text: Array(text)[...]) }

    /// A moment as a number since 1970: seconds below 10^11, microseconds from 10^14 on, `1.704438753E9` included.
    ///
    /// Between the two, where milliseconds would be, nothing is read: a guess there would be wrong by centuries.
    /// Decimals are floored to the microsecond.
    public init?(epoch text: some Collection<UInt8>) {
        guard let decimal = Decimal(text) else { return nil }
        guard let seconds = decimal.floored(shiftedBy: 0) else { return nil }
        switch seconds.magnitude {
        case 0..<100_000_000_000:
            guard let microseconds = decimal.floored(shiftedBy: 6) else { return nil }
            self.init(microseconds: microseconds)
        case 100_000_000_000_000...: self.init(microseconds: seconds)
        default: return nil
        }
    }
}

/// Takes a time's text apart from left to right.
private struct TimeTextReader {
    private let text: ArraySlice<UInt8>
    private var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    var isAtEnd: Bool { position == text.endIndex }

    private var next: UInt8? { position < text.endIndex ? text[position] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard let byte = next, byte &- UInt8(ascii: "0") < 10 else { return nil }
        position += 1
        return Int64(byte - UInt8(ascii: "0"))
    }

    mutating func digits(_ count: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// The decimals, in microseconds; 0 when there is no point; nil when nothing follows the point.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        guard var fraction = digit() else { return nil }
        var weight: Int64 = 100_000
        fraction *= weight
        while let digit = digit() {
            weight /= 10
            fraction += digit * weight
        }
        return fraction
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        if take(" ") { return take("U") && take("T") && take("C") ? 0 : nil }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours < 24 else { return nil }
        // BigQuery's `+00` has no minutes; any other offset needs them.
        if isAtEnd { return hours == 0 && sign == 1 ? 0 : nil }
        guard take(":"), let minutes = digits(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

/// A JSON number, taken apart without a Double: its digits and where the point stands.
private struct Decimal {
    private var digits: [UInt8] = []
    /// How many of the digits stand before the point; may be negative or more than there are.
    private var integerDigits = 0
    private var isNegative = false

    /// Nil when `text` is no number of JSON's grammar, or its exponent is beyond what a moment needs.
    init?(_ text: some Collection<UInt8>) {
        var rest = Array(text)[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest = rest.dropFirst()
        }
        let whole = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        rest = rest.dropFirst(whole.count)
        var decimals: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            decimals = rest.dropFirst().prefix { $0 &- UInt8(ascii: "0") < 10 }
            guard !decimals.isEmpty else { return nil }
            rest = rest.dropFirst(1 + decimals.count)
        }
        var exponent = 0
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            guard let number = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), (-40...40).contains(number)
            else { return nil }
            exponent = number
            rest = []
        }
        guard rest.isEmpty else { return nil }
        digits = (whole + decimals).map { $0 - UInt8(ascii: "0") }
        integerDigits = whole.count + exponent
    }

    /// The number times 10^`places`, rounded down; nil when that is outside Int64.
    func floored(shiftedBy places: Int) -> Int64? {
        let kept = integerDigits + places
        var magnitude: Int64 = 0
        for index in 0..<max(kept, 0) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(index < digits.count ? Int64(digits[index]) : 0)
            guard !overflow, !carry else { return nil }
            magnitude = sum
        }
        guard isNegative else { return magnitude }
        let losesSomething = digits.indices.contains { $0 >= kept && digits[$0] != 0 }
        return losesSomething ? -magnitude - 1 : -magnitude
    }
}
