/// The fields that a reader wants of each record, as a tree that is made once and walked along with the text.
public struct FieldPaths: Sendable {
    /// The most paths that one set can have, so that the values found need no memory of their own.
    public static let most = 16

    /// A key on the way: what to look for below it, and where its own value goes.
    struct Node: Sendable {
        /// Where its key stands in `keys`, and the key's first eight bytes as one word.
        let key: Range<Int>
        let head: UInt64
        var slot: Int?
        var children: [Int] = []
        /// A bit for each length that a child's key has: most keys of a record are turned away by their length alone.
        var childLengths: UInt64 = 0
    }

    /// The tree; its root, the record itself, comes first.
    private(set) var nodes = [Node(key: 0..<0, head: 0, slot: nil)]
    /// All keys, one behind the other.
    private(set) var keys: [UInt8] = []

    /// - Parameter paths: Keys separated by dots, as `athlete.id`, no two alike. Their order is the index into
    ///   `Fields`.
    public init(_ paths: [String]) {
        precondition(paths.count <= FieldPaths.most, "at most \(FieldPaths.most) paths")
        for (slot, path) in paths.enumerated() {
            let keys = path.split(separator: ".", omittingEmptySubsequences: false)
            // No record is deeper, so that nothing is there; and whoever walks along the tree recurses no further.
            guard keys.count <= JSONScanner.maximumDepth else { continue }
            var node = 0
            for key in keys {
                node = child(of: node, named: Array(key.utf8))
            }
            nodes[node].slot = slot
        }
    }

    private mutating func child(of parent: Int, named key: [UInt8]) -> Int {
        if let known = nodes[parent].children.first(where: { keys[nodes[$0].key].elementsEqual(key) }) { return known }
        let head = key.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        nodes.append(Node(key: keys.count..<(keys.count + key.count), head: head, slot: nil))
        keys += key
        nodes[parent].children.append(nodes.count - 1)
        nodes[parent].childLengths |= FieldPaths.lengthBit(key.count)
        return nodes.count - 1
    }

    @inline(__always)
    static func lengthBit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }
}

/// The values that a line has at some paths.
public struct Fields {
    /// The whole record.
    public let object: JSONValue
    private let places: Places

    init(object: JSONValue, places: Places) {
        self.object = object
        self.places = places
    }

    /// The object that is all of `document`, white space aside, and its values at `paths`: one pass over the text.
    ///
    /// Throws `JSONError` for anything else. The document is not copied when the caller gives it away.
    public init(parsing document: consuming [UInt8], at paths: FieldPaths) throws(JSONError) {
        let range = 0..<document.count
        self = try JSONScanner.fields(in: Storage(taking: document), range, at: paths)
    }

    /// The value at the path of that index; nil when the record has none. Of a key that stands twice the last counts.
    public subscript(path: Int) -> JSONValue? {
        guard let range = places[path] else { return nil }
        return JSONValue(storage: object.storage, range: range, generation: object.generation)
    }
}

/// Where the values were found.
struct Places {
    private var ranges = InlineArray<16, Range<Int>>(repeating: 0..<0)

    subscript(slot: Int) -> Range<Int>? {
        get { ranges[slot].isEmpty ? nil : ranges[slot] }
        set { ranges[slot] = newValue ?? 0..<0 }
    }
}
