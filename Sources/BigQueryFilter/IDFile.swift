import Files
import FilterKit
import NDJSON

/// A file of ids, one on a line.
public struct IDFile: ~Copyable {
    private let file: AppendFile

    /// Opens the file at `path`, or makes it; what it holds stays. Throws `Stop` with status 74 when it cannot be written.
    public init(path: String) throws {
        do { file = try AppendFile(path: path) } catch { throw Stop(.inputOutput, error) }
    }

    /// Forgets what an earlier run found: only when this one is about to know better. Throws `Stop` with status 74.
    public func empty() throws {
        do throws(FileError) {
            if try file.isRegular { try file.truncate(to: 0) }
        } catch {
            throw Stop(.inputOutput, error)
        }
    }

    /// Adds an id. Throws `Stop` with status 74.
    public func append(_ id: Int64) throws {
        do { try file.append(Array("\(id)\n".utf8)) } catch { throw Stop(.inputOutput, error) }
    }

    /// The ids in `text`, one on a line: digits, a record with an `id`, an event with its `object_id`, or a result with such
    /// an event. Throws the first line that is none of these.
    public static func ids(in text: String) throws(IDFileError) -> [Int64] {
        var ids: [Int64] = []
        // By bytes: as a Character, a carriage return and its line feed are one.
        let start = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        let lines = Substring(start).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = Substring(bytes)
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            let value = try? JSONValue(parsing: Array(bytes))
            let event = value?["event"] ?? value
            guard let id = value?.id ?? value?["id"]?.id ?? event?["object_id"]?.id else {
                throw IDFileError(line: index + 1, text: Excerpt(String(line)))
            }
            ids.append(id)
        }
        return ids
    }
}

/// A line that is no id.
public struct IDFileError: Error, Equatable, CustomStringConvertible {
    let line: Int
    let text: Excerpt

    /// `line: what: why`.
    public var description: String { "line \(line): no id, nor a record, an event or a result with one: \(text)" }
}
