import TestSupport

/// Changes seeds as libFuzzer does, but blindly: in bytes, in pieces of other seeds, in places where a text is cut.
struct Mutator {
    let seeds: [[UInt8]]
    var random: SeededGenerator

    /// Some seed, with a few changes.
    mutating func next() -> [UInt8] {
        var bytes = piece()
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes) }
        return bytes
    }

    private mutating func piece() -> [UInt8] { seeds.randomElement(using: &random) ?? [] }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < bytes.count: bytes[place] = byte()
        case 2: bytes.insert(byte(), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        default:
            let other = piece()
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.insert(contentsOf: other[start...].prefix(Int.random(in: 1...24, using: &random)), at: place)
        }
    }

    /// Mostly what means something in one of the formats.
    private mutating func byte() -> UInt8 {
        Bool.random(using: &random)
            ? UInt8.random(in: 0...255, using: &random)
            : Array("{}[]\",:\\u019-+.eEtTzZ \n\r".utf8).randomElement(using: &random) ?? 0
    }
}
