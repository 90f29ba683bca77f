/// Moments by counting: every year from the first on, every month of the last, to compare `Timestamp` with.
///
/// All results are microseconds since 1970, and nil for what is no moment.
enum ReferenceTime {
    static let longestYear = 9999

    static func isLeap(_ year: Int) -> Bool { year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) }

    static func lengths(ofMonthsIn year: Int) -> [Int] {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    /// Days from 0001-01-01 to the first of January; counted once.
    private static let yearStarts: [Int] = {
        var starts = [0]
        for year in 1...longestYear { starts.append(starts[year - 1] + (isLeap(year) ? 366 : 365)) }
        return starts
    }()

    /// Days from 0001-01-01 to 1970-01-01.
    private static let epoch = yearStarts[1969]

    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...longestYear).contains(year), (1...12).contains(month) else { return nil }
        let lengths = lengths(ofMonthsIn: year)
        guard (1...lengths[month - 1]).contains(day) else { return nil }
        return yearStarts[year - 1] + lengths.prefix(month - 1).reduce(0, +) + day - 1 - epoch
    }

    // MARK: Texts

    /// Read by a pattern: a zero stands for a digit, and everything else for itself.
    static func text(_ bytes: [UInt8]) -> Int128? {
        let pattern = Array("0000-00-00?00:00:00".utf8)
        guard bytes.count > pattern.count, matches(Array(bytes.prefix(pattern.count)), pattern),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10])
        else { return nil }
        func field(_ range: Range<Int>) -> Int { Int(String(decoding: bytes[range], as: UTF8.self)) ?? -1 }
        let (hour, minute, second) = (field(11..<13), field(14..<16), field(17..<19))
        var rest = bytes.dropFirst(pattern.count)
        var decimals: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            decimals = Array(rest.dropFirst().prefix(while: isDigit))
            guard !decimals.isEmpty else { return nil }
            rest = rest.dropFirst(1 + decimals.count)
        }
        guard let days = days(field(0..<4), field(5..<7), field(8..<10)), hour <= 23, minute <= 59,
            second <= 59 || (hour, minute, second) == (23, 59, 60), let offset = offset(Array(rest)),
            let fraction = Int128(String(decoding: (decimals + Array("000000".utf8)).prefix(6), as: UTF8.self))
        else { return nil }
        let seconds = Int128(((days * 24 + hour) * 60 + minute) * 60 + second - offset * 60)
        return within(seconds * 1_000_000 + fraction)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func matches(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
        zip(bytes, pattern).allSatisfy { byte, sign in
            sign == UInt8(ascii: "0") ? isDigit(byte) : sign == UInt8(ascii: "?") || byte == sign
        }
    }

    /// Minutes east of UTC.
    private static func offset(_ bytes: [UInt8]) -> Int? {
        if ["Z", "z", " UTC", "+00"].contains(where: { bytes == Array($0.utf8) }) { return 0 }
        guard bytes.count == 6, matches(Array(bytes.dropFirst()), Array("00:00".utf8)),
            let sign = [UInt8(ascii: "+"): 1, UInt8(ascii: "-"): -1][bytes[0]],
            let hours = Int(String(decoding: bytes[1..<3], as: UTF8.self)), hours <= 23,
            let minutes = Int(String(decoding: bytes[4..<6], as: UTF8.self)), minutes <= 59
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    // MARK: Numbers

    /// By moving the point in the number's text.
    static func epoch(_ bytes: [UInt8]) -> Int128? {
        guard let node = try? ReferenceJSON.parse(bytes), case .number = node.content, node.range == bytes.indices
        else { return nil }
        let isNegative = bytes.first == UInt8(ascii: "-")
        let parts = bytes.drop { $0 == UInt8(ascii: "-") }.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
        let number = parts[0].split(separator: UInt8(ascii: "."))
        let exponent = parts.count == 2 ? Int(String(decoding: parts[1], as: UTF8.self)) : 0
        // More than a moment needs.
        guard let exponent, (-40...40).contains(exponent) else { return nil }
        let digits = Array(number[0]) + (number.count == 2 ? Array(number[1]) : [])
        func floored(_ places: Int) -> Int128? {
            let point = number[0].count + exponent + places
            let zeros = [UInt8](repeating: 0x30, count: max(0, point - digits.count))
            let whole = (digits + zeros).prefix(max(0, point)).drop { $0 == 0x30 }
            guard whole.count < 30 else { return nil }
            let magnitude = Int128(String(decoding: whole, as: UTF8.self)) ?? 0
            let isWhole = digits.dropFirst(max(0, point)).allSatisfy { $0 == 0x30 }
            return isNegative ? -magnitude - (isWhole ? 0 : 1) : magnitude
        }
        guard let seconds = floored(0), let microseconds = floored(6) else { return nil }
        switch seconds.magnitude {
        case 0..<100_000_000_000: return within(microseconds)
        case 100_000_000_000_000...: return within(seconds)
        default: return nil
        }
    }

    /// Nil outside the years 1 to 9999.
    static func within(_ microseconds: Int128) -> Int128? {
        let day: Int128 = 86_400_000_000
        let first = Int128(-epoch) * day
        return microseconds >= first && microseconds < first + Int128(yearStarts[longestYear]) * day
            ? microseconds : nil
    }

    // MARK: Words

    /// `2024-01-05T07:12:33Z`, with six decimals when there is a fraction.
    static func description(_ microseconds: Int64) -> String {
        func padded(_ number: Int, _ width: Int) -> String {
            String(String(number + Int(1e9)).suffix(width))
        }
        var rest = Int(microseconds) + epoch * 86_400_000_000
        let fraction = rest % 1_000_000
        rest /= 1_000_000
        let (days, second) = (rest / 86_400, rest % 86_400)
        let year = (yearStarts.firstIndex { $0 > days } ?? 0)
        var (month, day) = (1, days - yearStarts[year - 1] + 1)
        while case let length = lengths(ofMonthsIn: year)[month - 1], day > length {
            day -= length
            month += 1
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return "\(date)T\(time)\(fraction == 0 ? "" : "." + padded(fraction, 6))Z"
    }
}
