import Glibc

/// Where env-files are. This is the one place of the filters that knows: completions ask for `names(in:)`.
extension EnvFile {
    /// The folders in which they are looked for, in this order. `variables` are the process's.
    static func folders(_ variables: [String: String]) -> [String] {
        var folders = ["environments"]
        if let chosen = variables["BACKFILL_ENVIRONMENTS"], !chosen.isEmpty { folders.insert(chosen, at: 0) }
        if let installed { folders.append(installed) }
        // Source: XDG Base Directory Specification, $HOME/.config where XDG_CONFIG_HOME is not set or empty.
        if let home = variables["XDG_CONFIG_HOME"], !home.isEmpty {
            folders.append("\(home)/backfill")
        } else if let home = variables["HOME"], !home.isEmpty {
            folders.append("\(home)/.config/backfill")
        }
        return folders + ["/etc/backfill"]
    }

    /// The environments that have a file in one of `folders`, each once, in the order of the alphabet.
    static func names(in folders: [String]) -> [String] {
        let files = folders.flatMap(entries).filter { $0.hasSuffix(".env") }
        return Set(files.map { String($0.dropLast(4)) }.filter(isEnvironmentName)).sorted()
    }

    /// What a folder holds; nothing where there is none.
    private static func entries(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // Invariant: d_name ends with a zero byte within the entry, which is ours until the next call.
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// `environments` of the clone that the build folder stands in, else of the installation that `bin` belongs to; nil when
    /// it cannot be told.
    private static var installed: String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        guard count > 0 else { return nil }
        let parts = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: "/")
        if let clone = parts.lastIndex(of: ".build") {
            return "/\((parts[..<clone] + ["environments"]).joined(separator: "/"))"
        }
        guard parts.count >= 2 else { return nil }
        let below: [Substring] = ["share", "activity-backfill", "environments"]
        return "/\((parts.dropLast(2) + below).joined(separator: "/"))"
    }
}
