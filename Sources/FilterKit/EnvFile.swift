import Files
import Glibc
import NDJSON

/// The file of an environment: lines of `KEY=VALUE`, which a shell, Docker, systemd and the filters read alike.
public struct EnvFile {
    /// All keys of ours that a file may have, those that only some of the filters read included.
    private static let keys: Set<String> = [
        "BACKFILL_SOURCE_TABLE", "BACKFILL_TARGET_TABLE", "BACKFILL_EXCLUDE_TABLE", "BACKFILL_BILLING_PROJECT",
        "BACKFILL_LOCATION", "BACKFILL_MAXIMUM_BYTES_BILLED", "BACKFILL_DISPATCHER_URL", "BACKFILL_DISPATCHER_AUTH",
        "BACKFILL_SUBSCRIPTION_ID", "BACKFILL_SUBSCRIPTION_ID_FILE", "BACKFILL_RATE_LIMIT", "BACKFILL_QUOTA",
        "BACKFILL_COST_PER_EVENT", "BACKFILL_RESERVE", "BACKFILL_LEDGER", "BACKFILL_STATE", "BACKFILL_PROTECTED",
        "BACKFILL_AGGREGATED_TYPES",
    ]

    /// Where it was found.
    public let path: String
    private let settings: [String: Settings.Setting]

    /// - Parameters:
    ///   - text: Lines of `KEY=VALUE`, blank lines, and lines that begin with `#`.
    ///   - path: Named in errors.
    ///
    /// Throws `EnvFileError` for anything that those four readers would not read alike.
    init(parsing text: some Sequence<UInt8>, path: String) throws(EnvFileError) {
        self.path = path
        var settings: [String: Settings.Setting] = [:]
        var seen: Set<String> = []
        let lines = Array(text).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(decoding: bytes, as: UTF8.self)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let origin = "\(path):\(index + 1)"
            guard let equals = line.firstIndex(of: "="), EnvFile.isKey(line[..<equals]) else {
                throw .notAnAssignment(origin, Excerpt(line))
            }
            let key = String(line[..<equals])
            let value = String(line[line.index(after: equals)...])
            guard value.utf8.allSatisfy(EnvFile.isPlain) else { throw .notPlain(origin, key: key) }
            // A misspelt key would be a setting that somebody believes in and nobody reads.
            guard !key.hasPrefix("BACKFILL_") || EnvFile.keys.contains(key) else { throw .unknownKey(origin, key: key) }
            guard seen.insert(key).inserted else { throw .repeatedKey(origin, key: key) }
            settings[key] = value.isEmpty ? nil : Settings.Setting(key: key, value: value, origin: origin)
        }
        self.settings = settings
    }

    subscript(key: String) -> Settings.Setting? { settings[key] }

    /// Finds and reads `NAME.env`. Throws `Stop`: 64 for a bad name or line, 78 where there is no such file.
    static func named(_ name: String, in folders: [String]) throws -> EnvFile {
        guard isEnvironmentName(name) else {
            throw Stop(.usage, "--target-env: not a name of an environment: \(Excerpt(name))", wayOut: "as prod or dev")
        }
        for folder in folders {
            if let file = try read("\(folder)/\(name).env") { return file }
        }
        let searched = folders.map { "\($0)/\(name).env" }.joined(separator: ", ")
        throw Stop(
            .configuration, "--target-env: \(name): no such environment: looked for \(searched)",
            wayOut: "copy environments/prod.env.example to \(name).env, and fill it in")
    }

    /// The file at `path`; nil where there is none.
    private static func read(_ path: String) throws -> EnvFile? {
        let bytes: [UInt8]
        do {
            bytes = try readSmallFile(path, limit: 1 << 20)
        } catch FileError.failed(_, .open, code: ENOENT), FileError.failed(_, .open, code: ENOTDIR) {
            return nil
        } catch {
            throw Stop(.configuration, error)
        }
        do {
            return try EnvFile(parsing: bytes, path: path)
        } catch {
            throw Stop(.usage, error, wayOut: "see environments/prod.env.example")
        }
    }

    private static func isKey(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Whether a shell that sources the file reads the byte as it stands.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"\"'`$\\;&|<>()#".utf8.contains(byte)
    }

    /// Source: the grammar in the manual, `[a-z][a-z0-9-]*`; it also keeps `../` out of the path.
    static func isEnvironmentName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}

/// Why a file is not one that all its readers read alike.
enum EnvFileError: Error, Equatable {
    case notAnAssignment(String, Excerpt)
    case notPlain(String, key: String)
    case unknownKey(String, key: String)
    case repeatedKey(String, key: String)
}

extension EnvFileError: CustomStringConvertible {
    var description: String {
        switch self {
        case .notAnAssignment(let origin, let line): "\(origin): not KEY=VALUE: \(line)"
        case .notPlain(let origin, let key):
            "\(origin): \(key): a quote, blank, control or shell character in the value: readers would disagree on it"
        case .unknownKey(let origin, let key): "\(origin): \(key): not a key that the filters know"
        case .repeatedKey(let origin, let key): "\(origin): \(key): stands twice"
        }
    }
}
