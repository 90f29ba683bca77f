/// A part of a whole: `90%`, `12.5%`, `0%`. Exact, in hundredths of a percent.
public struct Percentage: Equatable, Sendable {
    /// 10000 are all of it.
    let hundredths: Int

    /// Parses a percentage up to a hundred with at most two decimals, the sign `%` included: without it, `0.2` could mean a
    /// fifth or a five-hundredth.
    public init(_ text: String) throws(PercentageError) {
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.last == "%", let whole = Percentage.digits(parts[0], atMost: 9),
            let decimals = parts.count == 1 ? 0 : Percentage.digits(parts[1], atMost: 2)
        else { throw .notAPercentage(text) }
        let isTenths = parts.count == 2 && parts[1].utf8.count == 1
        let hundredths = whole * 100 + decimals * (isTenths ? 10 : 1)
        guard hundredths <= 10_000 else { throw .aboveHundred(text) }
        self.hundredths = hundredths
    }

    /// Nine of ten.
    public static let ninety = Percentage(hundredths: 9000)

    init(hundredths: Int) { self.hundredths = hundredths }

    /// Whether `part` of `whole` is at least this much, but for what chance takes: so many standard deviations of the
    /// binomial distribution. In integers, so that the same numbers have the same answer everywhere.
    func isReached(by part: Int, of whole: Int, within deviations: Int) -> Bool {
        let (rest, count) = (Int128(10_000 - hundredths), Int128(whole))
        // Ten thousand times what is lacking beyond the share that may lack.
        let excess = Int128(whole - part) * 10_000 - count * rest
        let variance = count * rest * Int128(hundredths)
        return excess <= 0 || excess * excess <= Int128(deviations * deviations) * variance
    }

    private static func digits(_ text: Substring, atMost most: Int) -> Int? {
        guard (1...most).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        return Int(text)
    }
}

extension Percentage: CustomStringConvertible {
    /// As it would be typed, without decimals that are zero.
    public var description: String {
        let decimals = hundredths % 100
        guard decimals > 0 else { return "\(hundredths / 100)%" }
        return "\(hundredths / 100)."
            + (decimals % 10 == 0 ? "\(decimals / 10)" : decimals < 10 ? "0\(decimals)" : "\(decimals)")
            + "%"
    }
}

/// Why a text is not a percentage.
public enum PercentageError: Error, Equatable {
    /// It has another form.
    case notAPercentage(String)
    /// More than all.
    case aboveHundred(String)
}

extension PercentageError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notAPercentage(let text): "not a percentage (20%, 12.5%): \"\(text.prefix(80))\""
        case .aboveHundred(let text): "above 100%: \"\(text.prefix(80))\""
        }
    }
}
