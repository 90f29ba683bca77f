/// Keys in JSON's notation, each with what stands before it in its object, ready to be copied as they are.
struct JSONKeys {
    /// The texts one behind the other, and `JSONKeys.chunk` bytes of padding.
    private(set) var bytes = [UInt8](repeating: 0, count: JSONKeys.chunk)

    /// No keys.
    init() {}

    /// Adds `{"name":`, or `,"name":` for a key that is not the first; where it stands from now on.
    mutating func add(_ name: String, isFirst: Bool) -> Range<Int> {
        var text = JSONText()
        text.key(escaping: name)
        let start = bytes.count - JSONKeys.chunk
        bytes.insert(contentsOf: [UInt8(ascii: isFirst ? "{" : ",")] + text.bytes, at: start)
        return start..<(bytes.count - JSONKeys.chunk)
    }

    /// How many bytes are copied at once.
    static let chunk = 16
    /// The longest key that finds room in a text buffer's slack, together with the rest of its last chunk and a scalar.
    static let longestInSlack = 64

    /// Copies the key at `range`, which is written up to the end of its last chunk.
    @inline(__always)
    func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<UInt8>) {
        bytes.withUnsafeBytes { memory in
            precondition(range.upperBound + JSONKeys.chunk <= memory.count, "a key of other keys")
            guard let base = memory.baseAddress else { return }
            var copied = 0
            // Invariant: the padding behind the keys, and the room that the caller made, make a whole chunk legal.
            repeat {
                let bytes = (base + range.lowerBound + copied).loadUnaligned(as: SIMD16<UInt8>.self)
                UnsafeMutableRawPointer(target + copied).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
                copied += JSONKeys.chunk
            } while copied < range.count
        }
    }
}
