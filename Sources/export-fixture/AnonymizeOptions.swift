import ArgumentParser
import Files
import FilterKit
import Glibc

/// How records become ones that may be seen.
struct AnonymizeOptions: ParsableArguments {
    @Flag(help: "Replace ids and texts; leave out what no policy lists.")
    var anonymize = false

    @Option(
        help: ArgumentHelp("The secret behind the fake ids.", valueName: "file"), completion: .file())
    var keyFile: String?

    @Option(
        help: ArgumentHelp("Treat columns as this file says.", valueName: "file"), completion: .file())
    var policy: String?

    @Flag(help: "Print the policy that is used where none is given.")
    var printPolicy = false

    /// What makes a key: 32 random bytes, for its owner only.
    private static let recipe = "(umask 077; head -c 32 /dev/urandom | base64 >key)"
    private static let fewestBytes = 16

    var files: [(option: String, path: String?)] { [("--key-file", keyFile), ("--policy", policy)] }

    func validate() throws {
        for case (let option, "") in files { throw ValidationError("\(option): empty") }
        if anonymize, keyFile == nil {
            throw ValidationError("--anonymize: no --key-file: make a key with \(AnonymizeOptions.recipe)")
        }
        if printPolicy, anonymize { throw ValidationError("--print-policy: prints and ends: it takes no --anonymize") }
        for case (let option, _?) in files where !anonymize {
            throw ValidationError("\(option): not used: give --anonymize")
        }
    }

    /// The default policy, to begin a person's own with.
    func sayPolicy(_ edge: inout Edge) throws -> ExitStatus {
        for line in DefaultPolicy.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try edge.say(String(line))
        }
        return .done
    }

    /// What they ask for; nil for records as they come. Throws `Stop` with status 78 when a file does not fit.
    func anonymizer(_ edge: borrowing Edge) throws -> Anonymizer? {
        guard anonymize, let keyFile else { return nil }
        return Anonymizer(policy: try parsedPolicy(), ids: FakeIDs(key: try key(in: keyFile, edge)))
    }

    private func parsedPolicy() throws -> Policy {
        let document: [UInt8]
        do {
            document =
                try policy.map { path throws(FileError) in try readSmallFile(path, limit: 1 << 20) }
                ?? Array(DefaultPolicy.text.utf8)
        } catch {
            throw Stop(.configuration, "--policy: \(error)")
        }
        do { return try Policy(document) } catch {
            throw Stop(
                .configuration, "\(policy ?? "--print-policy"): \(error)",
                wayOut: "begin with what export-fixture --print-policy prints")
        }
    }

    private func key(in path: String, _ edge: borrowing Edge) throws -> [UInt8] {
        edge.keepSecrets()
        var key: [UInt8]
        do { key = try readSmallFile(path, limit: 64 << 10) } catch {
            throw Stop(.configuration, "--key-file: \(error)", wayOut: "make a key with \(AnonymizeOptions.recipe)")
        }
        // The end of a line is an editor's, or the shell's, and would make other fakes.
        while let last = key.last, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(last) { key.removeLast() }
        guard key.count >= AnonymizeOptions.fewestBytes else {
            throw Stop(
                .configuration, "\(path): not a key: \(key.count) bytes, fewer than \(AnonymizeOptions.fewestBytes)",
                wayOut: "make one with \(AnonymizeOptions.recipe)")
        }
        if AnonymizeOptions.isOpenToOthers(path) {
            edge.diagnostics.warning("\(path): others can read the key: use chmod 600")
        }
        return key
    }

    private static func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o077 != 0
    }
}
