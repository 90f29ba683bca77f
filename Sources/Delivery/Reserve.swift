/// The part of a quota that is left to others: `20%`, `12.5%`, `0%`. Exact, in hundredths of a percent.
public struct Reserve: Equatable, Sendable {
    /// 10000 would be all of it.
    let hundredths: Int

    /// Nothing is left.
    public static let none = Reserve(hundredths: 0)

    private init(hundredths: Int) {
        self.hundredths = hundredths
    }

    /// Parses a percentage below a hundred with at most two decimals, the sign `%` included: without it, `0.2` could
    /// mean a fifth or a five-hundredth.
    public init(_ text: String) throws(ReserveError) {
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.last == "%", let whole = Reserve.digits(parts[0], atMost: 9),
            let decimals = parts.count == 1 ? 0 : Reserve.digits(parts[1], atMost: 2)
        else { throw .notAReserve(text) }
        let isTenths = parts.count == 2 && parts[1].utf8.count == 1
        let hundredths = whole * 100 + decimals * (isTenths ? 10 : 1)
        guard hundredths < 10_000 else { throw .notBelowHundred(text) }
        self.hundredths = hundredths
    }

    /// What is left of so many calls, rounded down.
    func remainder(of calls: Int) -> Int { calls * (10_000 - hundredths) / 10_000 }

    private static func digits(_ text: Substring, atMost most: Int) -> Int? {
        guard (1...most).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        return Int(text)
    }
}

/// Why a text is not a reserve.
public enum ReserveError: Error, Equatable {
    /// It has another form.
    case notAReserve(String)
    /// Nothing would ever be sent.
    case notBelowHundred(String)
}

extension ReserveError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notAReserve(let text): "not a percentage (20%, 12.5%): \"\(text.prefix(80))\""
        case .notBelowHundred(let text): "not below 100%: \"\(text.prefix(80))\""
        }
    }
}
