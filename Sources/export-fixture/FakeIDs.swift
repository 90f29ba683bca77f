// (1) A fake is made of the key and the id, and of nothing else: so it is the same in all columns, and in all fixtures made
//     with that key, and joins hold between them.
// (2) A fake is from 2^52 up and below 2^53: no id of Strava is that large, and jq and JavaScript still read it exactly.
// (3) In what one run writes, no two ids have one fake, and no fake is an id that came in. Where the hash would have it so,
//     there is no fixture: a substitute would break (1) without a word. For a million ids the chance is 1 in 9,000.
// (4) Memory: 16 bytes for each id, which a dictionary makes 20 to 45.
import Hashing

/// Ids that stand for the real ones.
struct FakeIDs {
    private let hash: KeyedHash
    /// Whose each fake is.
    private var realIDs: [Int64: Int64] = [:]
    /// Those real ids that look like fakes. Nobody has any but who wants to see what happens.
    private var suspects: Set<Int64> = []

    private static let range: Range<Int64> = 1 << 52..<1 << 53

    /// Fakes that only the key tells from one another.
    init(key: [UInt8]) {
        hash = KeyedHash(key: key)
    }

    /// The fake of a real id.
    mutating func fake(of id: Int64) throws(FakeIDError) -> Int64 {
        // What openssl can be told: printf 101 | openssl dgst -sha256 -mac HMAC -macopt key:…
        let code = hash.code(of: Array(String(id).utf8))
        let word = code.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let fake = FakeIDs.range.lowerBound + Int64(word >> 12)
        try remember(fake, of: id)
        return fake
    }

    /// Throws when promise (3) would be broken.
    mutating func remember(_ fake: Int64, of id: Int64) throws(FakeIDError) {
        if FakeIDs.range.contains(id), suspects.insert(id).inserted, realIDs[id] != nil { throw .isReal }
        if suspects.contains(fake) { throw .isReal }
        if let other = realIDs.updateValue(id, forKey: fake), other != id { throw .isTaken }
    }
}

/// Why a key is none for these ids. Which ids they are is not said: messages are kept in logs.
enum FakeIDError: Error, Equatable {
    /// The fake of an id is the id of something else in the input, or of the same.
    case isReal
    /// Two ids have one fake.
    case isTaken
}

extension FakeIDError: CustomStringConvertible {
    /// `what: why`.
    var description: String {
        switch self {
        case .isReal: "not a key for these records: it makes a fake id that is a real one of theirs"
        case .isTaken: "not a key for these records: it makes one fake id of two real ones"
        }
    }
}
