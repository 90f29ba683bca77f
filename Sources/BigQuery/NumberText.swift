/// A number as servers write it, brought into JSON's one form without a look at its value.
struct NumberText {
    /// A number of RFC 8259: `1.10` stays as it is, `1.0E+300` and `1e300` are both `1e300`.
    let json: String

    /// Nil when `text` is no number.
    init?(_ text: String) {
        let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        guard parts.count <= 2, let mantissa = NumberText.mantissa(parts[0]) else { return nil }
        guard parts.count == 2 else {
            json = mantissa
            return
        }
        guard let exponent = NumberText.exponent(parts[1]) else { return nil }
        json = "\(NumberText.shortened(mantissa))e\(exponent)"
    }

    private static func mantissa(_ bytes: Substring.UTF8View) -> String? {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }),
            parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
        else { return nil }
        return String(Substring(bytes))
    }

    /// Without a sign that says nothing and without leading zeros.
    private static func exponent(_ bytes: Substring.UTF8View) -> String? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard !significant.isEmpty else { return "0" }
        return (isNegative ? "-" : "") + String(Substring(significant))
    }

    /// Without the decimals that are zero: beside an exponent they are an accident of the server's.
    private static func shortened(_ mantissa: String) -> String {
        guard mantissa.contains(".") else { return mantissa }
        var short = Substring(mantissa)
        while short.last == "0" { short.removeLast() }
        if short.last == "." { short.removeLast() }
        return String(short)
    }
}
