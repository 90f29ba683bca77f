import Glibc

/// The process's environment, read once at the edge.
enum ProcessEnvironment {
    static var variables: [String: String] {
        var variables: [String: String] = [:]
        // Invariant: environ(7) is an array of C strings that a null pointer ends; nothing here changes it.
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
