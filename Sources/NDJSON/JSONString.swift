/// Strings in and out of JSON's notation.
enum JSONString {
    /// What the text between the quotes says. The text has been validated.
    static func decode(_ bytes: some Collection<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt8] = []
        units.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            switch iterator.next() {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"): units.append(contentsOf: String(scalar(from: &iterator)).utf8)
            case let other?: units.append(other)
            case nil: break
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The scalar of `XXXX`, or of `XXXX\uXXXX` when the first half is a surrogate.
    private static func scalar(from iterator: inout some IteratorProtocol<UInt8>) -> Unicode.Scalar {
        let unit = codeUnit(from: &iterator)
        guard (0xD800...0xDBFF).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        _ = iterator.next()
        _ = iterator.next()
        let low = codeUnit(from: &iterator)
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low & 0x3FF)) ?? "\u{FFFD}"
    }

    private static func codeUnit(from iterator: inout some IteratorProtocol<UInt8>) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit = iterator.next().flatMap { Character(Unicode.Scalar($0)).hexDigitValue } ?? 0
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
