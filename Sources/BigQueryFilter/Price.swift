/// What BigQuery asks for reading a tebibyte (2^40 bytes), in millionths of a currency's unit.
public struct Price: Equatable, Sendable {
    /// The list price on demand in the US and EU multi-regions.
    /// Source: cloud.google.com/bigquery/pricing#on_demand_pricing, October 2026.
    public static let list = Price(millionths: 6_250_000)

    let millionths: Int64

    private init(millionths: Int64) { self.millionths = millionths }

    /// A decimal number with up to six decimals, as `6.25`.
    public init(_ text: String) throws(PriceError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ Price.isDigits($0) }), parts[0].count <= 6,
            let units = Int64(parts[0]), parts.count == 1 || parts[1].count <= 6
        else { throw PriceError(text: text) }
        let decimals = parts.count == 1 ? "" : String(parts[1])
        let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
        millionths = units * 1_000_000 + (Int64(padded) ?? 0)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The price of so many bytes, rounded up to a ten-thousandth, as `0.0002`.
    public func text(forBytes bytes: Int64) -> String {
        let mebibytes = (bytes >> 20) + (bytes & ((1 << 20) - 1) == 0 ? 0 : 1)
        // In integers: 2^20 MiB are a tebibyte, and a ten-thousandth is a hundred millionths.
        let (product, overflow) = mebibytes.multipliedReportingOverflow(by: millionths)
        let parts = ((overflow ? Int64.max - (1 << 28) : product) / 100 + (1 << 20) - 1) >> 20
        let decimals = String(parts % 10_000)
        return "\(parts / 10_000)." + String(repeating: "0", count: 4 - decimals.utf8.count) + decimals
    }
}

extension Price: CustomStringConvertible {
    /// The number without decimals that are zero.
    public var description: String {
        let decimals = String(String(1_000_000 + millionths % 1_000_000).dropFirst())
        let shown = decimals.reversed().drop { $0 == "0" }.reversed()
        return "\(millionths / 1_000_000)" + (shown.isEmpty ? "" : "." + String(shown))
    }
}

/// A text that is no price.
public struct PriceError: Error, Equatable, CustomStringConvertible {
    let text: String

    /// `what: why`.
    public var description: String { "not a price with up to six decimals, as 6.25: \(text)" }
}
