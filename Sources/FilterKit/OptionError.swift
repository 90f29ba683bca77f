/// Why the text of an option is not what the option takes.
public enum OptionError: Error, Equatable {
    /// No duration, as `15m`.
    case notADuration(String)
    /// No size, as `64MiB`.
    case notASize(String)
}

extension OptionError: CustomStringConvertible {
    /// What was expected.
    public var description: String {
        switch self {
        case .notADuration: "expected a duration above zero, as 90s, 15m, 2h or 1d"
        case .notASize: "expected a size above zero, as 4096, 64KiB or 1GiB"
        }
    }
}

/// A number of bytes, as an option names it.
public struct ByteSize: Equatable, Sendable {
    /// The number.
    public let bytes: Int

    /// So many bytes.
    public init(bytes: Int) {
        self.bytes = bytes
    }

    /// `4096`, `64KiB`, `64MiB` or `1GiB`, up to 1 TiB.
    public init(_ text: String) throws(OptionError) {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
        let unit = units.first { text.hasSuffix($0.0) } ?? ("", 1)
        let digits = text.dropLast(unit.0.count)
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits), number > 0, number <= (1 << 40) / unit.1
        else { throw .notASize(text) }
        bytes = number * unit.1
    }
}

extension Duration {
    /// `90s`, `15m`, `2h` or `1d`, up to 366 days.
    public init(option text: String) throws(OptionError) {
        let units: [(Character, Int64)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        let digits = text.dropLast()
        guard let unit = units.first(where: { $0.0 == text.last })?.1,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(digits), number > 0, number <= 366 * 86_400 / unit
        else { throw .notADuration(text) }
        self = .seconds(number * unit)
    }
}
