extension JSONScanner {
    /// The object that is all of `range`, white space aside.
    static func object(in storage: Storage, _ range: Range<Int>) throws(JSONError) -> JSONValue {
        let value = try value(in: storage, range)
        guard value.kind == .object else { throw .notAnObject(value.excerpt) }
        return value
    }

    /// The value of any kind that is all of `range`, white space aside.
    static func value(in storage: Storage, _ range: Range<Int>) throws(JSONError) -> JSONValue {
        try whole(in: storage, range) { (scanner, position) throws(Stumble) in
            try scanner.skipValue(position, depth: 0)
        }
    }

    /// The object that is all of `range`, and the values at `paths`.
    static func fields(in storage: Storage, _ range: Range<Int>, at paths: FieldPaths) throws(JSONError) -> Fields {
        var places = Places()
        let object = try whole(in: storage, range) { (scanner, position) throws(Stumble) in
            guard position.pointee == UInt8(ascii: "{") else { return try scanner.skipValue(position, depth: 0) }
            var special = SpecialBytes(from: position)
            return try scanner.skipObject(position, depth: 0, node: 0, of: paths, into: &places, &special)
        }
        guard object.kind == .object else { throw .notAnObject(object.excerpt) }
        return Fields(object: object, places: places)
    }

    /// What `skip` passes over must be all of `range`, white space aside.
    private static func whole(
        in storage: Storage, _ range: Range<Int>, skip: (JSONScanner, Position) throws(Stumble) -> Position
    ) throws(JSONError) -> JSONValue {
        try withScanner(over: storage, range) { (scanner, start) throws(JSONError) in
            do throws(Stumble) {
                let first = scanner.skipWhiteSpace(start)
                let last = try skip(scanner, first)
                let rest = scanner.skipWhiteSpace(last)
                guard rest == scanner.end else { throw scanner.stumble(.trailing, rest) }
                return JSONValue(
                    storage: storage, range: scanner.offset(first)..<scanner.offset(last),
                    generation: storage.generation)
            } catch {
                switch error {
                case .flaw(let flaw, let offset):
                    throw JSONError(flaw, at: offset - range.lowerBound, of: storage.bytes[range])
                case .tooDeep: throw .tooDeep
                }
            }
        }
    }

    /// Passes over an object, and notes the values at the paths below `node`.
    private func skipObject(
        _ start: Position, depth: Int, node: Int, of paths: FieldPaths, into places: inout Places,
        _ special: inout SpecialBytes
    ) throws(Stumble) -> Position {
        let wantedLengths = paths.nodes[node].childLengths
        var position = skipWhiteSpace(start + 1)
        if position.pointee == UInt8(ascii: "}") { return position + 1 }
        while true {
            guard position.pointee == UInt8(ascii: "\"") else { throw stumble(.unexpected(position.pointee), position) }
            let key = position + 1
            let (behindKey, isPlain) = try skipString(position, &special)
            position = try skipColon(behindKey)
            let length = behindKey - key - 1
            // Most keys are turned away by their length; one with escapes may be any.
            if wantedLengths & FieldPaths.lengthBit(length) != 0 || !isPlain,
                let child = child(of: node, key: key, length, isPlain: isPlain, in: paths)
            {
                position = try skipWanted(position, depth: depth + 1, node: child, of: paths, into: &places, &special)
            } else {
                position = try skipValue(position, depth: depth + 1, &special)
            }
            position = skipWhiteSpace(position)
            guard position.pointee == UInt8(ascii: ",") else {
                guard position.pointee == UInt8(ascii: "}") else {
                    throw stumble(.unexpected(position.pointee), position)
                }
                return position + 1
            }
            position = skipWhiteSpace(position + 1)
        }
    }

    /// Passes over a value that a path goes to or through.
    private func skipWanted(
        _ start: Position, depth: Int, node: Int, of paths: FieldPaths, into places: inout Places,
        _ special: inout SpecialBytes
    ) throws(Stumble) -> Position {
        forget(node, of: paths, in: &places)
        let goesThrough = !paths.nodes[node].children.isEmpty && start.pointee == UInt8(ascii: "{")
        let end =
            goesThrough
            ? try skipObject(start, depth: depth, node: node, of: paths, into: &places, &special)
            : try skipValue(start, depth: depth, &special)
        if let slot = paths.nodes[node].slot { places[slot] = offset(start)..<offset(end) }
        return end
    }

    /// A key that stands again takes back all that was found at and below its first place.
    private func forget(_ node: Int, of paths: FieldPaths, in places: inout Places) {
        if let slot = paths.nodes[node].slot { places[slot] = nil }
        for child in paths.nodes[node].children { forget(child, of: paths, in: &places) }
    }

    /// The child of `node` that has this key; nil when there is none.
    private func child(of node: Int, key: Position, _ length: Int, isPlain: Bool, in paths: FieldPaths) -> Int? {
        guard isPlain else {
            // "\u0069d" is the same key as "id"; nobody writes it so, and it must be found all the same.
            // Invariant: the key's bytes were just passed over by `skipString`; they end before `self.end`.
            let name = Array(JSONString.decode(UnsafeBufferPointer(start: key, count: length)).utf8)
            return paths.nodes[node].children.first { paths.keys[paths.nodes[$0].key].elementsEqual(name) }
        }
        let head = word(at: key, bytes: min(length, 8))
        return paths.nodes[node].children.first {
            let child = paths.nodes[$0]
            return child.head == head && child.key.count == length
                && (8..<max(8, length)).allSatisfy { paths.keys[child.key.lowerBound + $0] == key[$0] }
        }
    }
}

extension JSONScanner {
    /// Where the valid value ends that begins at `start`; it lies within a validated one that ends at `limit`.
    static func endOfValue(in storage: Storage, from start: Int, before limit: Int) -> Int {
        // Invariant: this text was validated before, so that a value ends where it seems to, and the scanner's own `end`,
        // which is no line feed here, is never asked for. Whatever looks ahead stops at the line feed behind all of the
        // storage's text.
        storage.bytes.withUnsafeBufferPointer { memory in
            guard let first = memory.baseAddress else { return limit }
            let scanner = JSONScanner(base: first, end: first + limit)
            guard let end = try? scanner.skipValue(first + start, depth: 0) else { return limit }
            return scanner.offset(end)
        }
    }
}
