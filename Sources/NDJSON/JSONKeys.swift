/// Keys in JSON's notation, each with what stands before it in its object, ready to be copied as they are.
struct JSONKeys {
    /// The texts one behind the other, and `JSONTranscript.chunk` bytes of padding.
    private(set) var bytes = [UInt8](repeating: 0, count: JSONTranscript.chunk)

    /// No keys.
    init() {}

    /// Adds `{"name":`, or `,"name":` for a key that is not the first; where it stands from now on.
    mutating func add(_ name: String, isFirst: Bool) -> Range<Int> {
        var text = JSONText()
        text.key(escaping: name)
        let start = bytes.count - JSONTranscript.chunk
        bytes.insert(contentsOf: [UInt8(ascii: isFirst ? "{" : ",")] + text.bytes, at: start)
        return start..<(bytes.count - JSONTranscript.chunk)
    }
}

extension JSONTranscript {
    /// How many bytes are copied at once.
    static var chunk: Int { 16 }
    /// What fits behind a look at the limit, the rest of the last chunk included.
    static var longestPlainKey: Int { 96 }

    /// Writes the key at `range` of `keys`.
    @inline(__always)
    mutating func write(_ range: Range<Int>, of keys: borrowing JSONKeys) {
        makeRoom()
        keys.bytes.withUnsafeBytes { memory in
            precondition(range.upperBound + JSONTranscript.chunk <= memory.count, "a key of other keys")
            guard let base = memory.baseAddress else { return }
            if range.count > JSONTranscript.longestPlainKey { grow(by: range.count) }
            var copied = 0
            // Invariant: the padding behind the keys, and the slack behind the text, make a whole chunk legal.
            repeat {
                let bytes = (base + range.lowerBound + copied).loadUnaligned(as: SIMD16<UInt8>.self)
                UnsafeMutableRawPointer(target + copied).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
                copied += JSONTranscript.chunk
            } while copied < range.count
        }
        target += range.count
    }
}
