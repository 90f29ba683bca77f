// What a transcript writes, and how it gets the room for it.

extension JSONTranscript {
    // MARK: Room

    /// Makes sure that `TextBuffer.slack` bytes can be written.
    @inline(__always)
    mutating func makeRoom() {
        if copyist.isFull { grow() }
    }

    /// Makes sure that `count` bytes can be written, and `TextBuffer.slack` behind them.
    mutating func makeRoom(for count: Int) {
        if copyist.limit - target < count { grow(by: count) }
    }

    @inline(never)
    mutating func grow() { grow(by: TextBuffer.slack) }

    /// Makes sure that `count` bytes can be written, and `TextBuffer.slack` behind them.
    @inline(never)
    mutating func grow(by count: Int) {
        guard let first = buffer.memory.baseAddress else { preconditionFailure("a buffer has memory") }
        let written = target - first
        buffer.grow(keeping: written, for: count + TextBuffer.slack)
        guard let first = buffer.memory.baseAddress else { preconditionFailure("a buffer has memory") }
        copyist.target = first + written
        copyist.limit = first + (buffer.memory.count - TextBuffer.slack)
    }

    // MARK: Text of the caller's

    /// All that was written since the last call.
    mutating func takeText() -> [UInt8] {
        guard let first = buffer.memory.baseAddress else { return [] }
        precondition(target - first <= buffer.memory.count, "a transcript wrote behind its buffer")
        let text = [UInt8](unsafeUninitializedCapacity: target - first) { memory, count in
            count = target - first
            memory.baseAddress?.initialize(from: first, count: count)
        }
        target = first
        return text
    }

    /// Writes one byte.
    @inline(__always)
    mutating func write(_ byte: UInt8) {
        makeRoom()
        target.pointee = byte
        target += 1
    }

    /// Writes `bytes`.
    mutating func write(_ bytes: [UInt8]) {
        makeRoom(for: bytes.count)
        // Invariant: there is room for them.
        bytes.withUnsafeBufferPointer { memory in
            guard let first = memory.baseAddress else { return }
            target.update(from: first, count: memory.count)
        }
        target += bytes.count
    }

    /// Writes `null`, `true` or `false`.
    @inline(__always)
    mutating func write(_ literal: Bool?) {
        makeRoom()
        switch literal {
        case nil: copyist.write(0x6C_6C75_6E, count: 4)
        case true: copyist.write(0x65_7572_74, count: 4)
        case false: copyist.write(0x65_736C_6166, count: 5)
        }
    }
}
