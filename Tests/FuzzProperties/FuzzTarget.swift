/// What is fuzzed: each target takes any bytes at all, and checks what must hold whatever they are.
///
/// The libFuzzer program (`scripts/fuzz`) and the tests (`FuzzTests`) feed the same five.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// JSON, validated and taken apart.
    case scanner
    /// Lines of a stream that comes in pieces.
    case reader
    /// Moments, as texts and as numbers.
    case timestamps
    /// A checkpoint of `replay`.
    case journal
    /// A ledger of `replay`.
    case ledger

    /// Throws where `input` shows that a promise is not kept; traps where a precondition is not.
    public func check(_ input: [UInt8]) throws(Violation) {
        switch self {
        case .scanner: try ScannerProperty.check(input)
        case .reader: try ReaderProperty.check(input)
        case .timestamps: try TimestampProperty.check(input)
        case .journal: try JournalProperty.check(input)
        case .ledger: try LedgerProperty.check(input)
        }
    }
}

/// A promise that is not kept, in words.
public struct Violation: Error, CustomStringConvertible {
    /// `what: found this, expected that`.
    public let description: String
}

/// Throws unless `found` is `expected`.
func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: @autoclosure () -> String
) throws(Violation) {
    guard found != expected else { return }
    throw Violation(description: "\(what()): found \(found), expected \(expected)")
}

/// Throws unless both say the same; the message has them as text.
func requireEqual(_ found: [UInt8], _ expected: [UInt8], _ what: @autoclosure () -> String) throws(Violation) {
    guard found != expected else { return }
    throw Violation(description: "\(what()): found \(quoted(found)), expected \(quoted(expected))")
}

private func quoted(_ bytes: [UInt8]) -> String {
    "\(bytes.count) bytes \(String(decoding: bytes.prefix(200), as: UTF8.self).debugDescription)"
}
