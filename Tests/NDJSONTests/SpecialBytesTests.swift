import TestSupport
import Testing

@testable import NDJSON

/// What is found 64 bytes at a time, compared with looking at each byte.
@Suite struct SpecialBytesTests {
    @Test(arguments: 0..<200)
    func `every special byte is found, in order, whatever stands between`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let text = self.text(&random)
        withSpecialBytes(of: text) { special, start in
            for offset in text.indices + [text.count] where isSpecial(text, offset) {
                #expect(special.next() - start == offset)
            }
        }
    }

    @Test(arguments: 0..<200)
    func `what is left behind is not found again`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let text = self.text(&random)
        withSpecialBytes(of: text) { special, start in
            var offset = 0
            while offset < text.count {
                offset = Int.random(in: offset...min(offset + 100, text.count), using: &random)
                special.skip(to: start + offset)
                let expected = (offset...text.count).first { isSpecial(text, $0) }
                #expect(special.peek() - start == expected)
                #expect(special.next() - start == expected)
                offset = (expected ?? text.count) + 1
            }
        }
    }

    @Test func `each byte is special or not, alone in a block`() {
        for byte in UInt8.min ... .max {
            for offset in 0..<SpecialBytes.blockSize {
                var text = [UInt8](repeating: UInt8(ascii: "a"), count: SpecialBytes.blockSize)
                text[offset] = byte
                let first = withSpecialBytes(of: text) { special, start in special.next() - start }
                #expect(first == (isSpecial(text, offset) ? offset : SpecialBytes.blockSize))
            }
        }
    }

    /// Up to 300 bytes, of which few or many are special.
    private func text(_ random: inout SeededGenerator) -> [UInt8] {
        let share = [2, 10, 100].randomElement(using: &random) ?? 2
        return (0..<Int.random(in: 0...300, using: &random)).map { _ in
            Int.random(in: 0..<share, using: &random) == 0 ? .random(in: 0...255, using: &random) : UInt8(ascii: "x")
        }
    }

    /// As the scanner's text ends: the line feed behind it is special.
    private func isSpecial(_ text: [UInt8], _ offset: Int) -> Bool {
        guard offset < text.count else { return true }
        return text[offset] < 0x20 || text[offset] > 0x7F || text[offset] == UInt8(ascii: "\"")
            || text[offset] == UInt8(ascii: "\\")
    }

    @discardableResult
    private func withSpecialBytes<Result>(
        of text: [UInt8], _ body: (inout SpecialBytes, SpecialBytes.Position) -> Result
    ) -> Result {
        let storage = Storage(taking: text)
        return storage.bytes.withUnsafeBufferPointer { memory in
            guard let start = memory.baseAddress else { preconditionFailure("no memory, not even padding") }
            var special = SpecialBytes(from: start)
            return body(&special, start)
        }
    }
}
