/// The part of a quota that is left to others: a percentage below a hundred.
public struct Reserve: Equatable, Sendable {
    private let share: Percentage

    /// Nothing is left.
    public static let none = Reserve(share: Percentage(hundredths: 0))

    private init(share: Percentage) {
        self.share = share
    }

    /// Parses a percentage below a hundred, as `20%`.
    public init(_ text: String) throws(ReserveError) {
        do throws(PercentageError) { share = try Percentage(text) } catch {
            switch error {
            case .notAPercentage: throw .notAReserve(text)
            case .aboveHundred: throw .notBelowHundred(text)
            }
        }
        guard share.hundredths < 10_000 else { throw .notBelowHundred(text) }
    }

    /// What is left of so many calls, rounded down.
    func remainder(of calls: Int) -> Int { calls * (10_000 - share.hundredths) / 10_000 }
}

/// Why a text is not a reserve.
public enum ReserveError: Error, Equatable {
    /// No percentage.
    case notAReserve(String)
    /// Nothing would ever be sent.
    case notBelowHundred(String)
}

extension ReserveError: CustomStringConvertible {
    /// `what: why`.
    public var description: String {
        switch self {
        case .notAReserve(let text): "\(PercentageError.notAPercentage(text))"
        case .notBelowHundred(let text): "not below 100%: \"\(text.prefix(80))\""
        }
    }
}
