import Foundation

/// The JSON texts below Tests/NDJSONTests/Corpus, with what the grammar says of each.
public enum Corpus {
    /// One text.
    public struct Case: Sendable, CustomStringConvertible {
        /// The text itself.
        public let bytes: [UInt8]
        /// What is said when it is refused, as `column 2: not JSON: invalid number`; nil when it is accepted.
        public let refusal: String?
        /// `number: -01`, the file and the text as it stands there.
        public let description: String
    }

    /// All of them, file by file.
    public static let all: [Case] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap(cases)
    }()

    /// Those that can stand on a line: what has a line feed inside, or nothing but white space, cannot.
    public static let lines: [Case] = all.filter { text in
        !text.bytes.contains(0x0A) && text.bytes.last != 0x0D && text.bytes.contains { !" \t\r".utf8.contains($0) }
    }

    private static let folder = Run.clone.appendingPathComponent("Tests/NDJSONTests/Corpus")

    private static func cases(in file: String) -> [Case] {
        let text = (try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            guard let match = line.wholeMatch(of: /(accepted|refused) *`([^`]*)` *(.*)/),
                (match.1 == "accepted") == match.3.isEmpty
            else { preconditionFailure("\(file): not a case: \(line)") }
            return Case(
                bytes: bytes(of: match.2), refusal: match.3.isEmpty ? nil : String(match.3),
                description: "\(file.dropLast(4)): \(match.2)")
        }
    }

    /// Resolves `<EF BB BF>`, bytes in hexadecimal, and `<[*1000>`, a text so often.
    private static func bytes(of notation: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = notation
        while let match = rest.firstMatch(of: /<([0-9A-F]{2}(?: [0-9A-F]{2})*|([^<>]+)\*([0-9]+))>/) {
            bytes += rest[..<match.range.lowerBound].utf8
            if let text = match.2, let count = match.3.flatMap({ Int($0) }) {
                bytes += repeatElement(Array(text.utf8), count: count).joined()
            } else {
                bytes += match.1.split(separator: " ").compactMap { UInt8($0, radix: 16) }
            }
            rest = rest[match.range.upperBound...]
        }
        return bytes + rest.utf8
    }
}
