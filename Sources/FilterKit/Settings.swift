/// Where a value that no option gave comes from: the file of the named environment, then the process's environment.
public struct Settings {
    /// One value, and where it stood.
    public struct Setting: Equatable {
        /// The name of the variable.
        public let key: String
        /// What it says; never empty.
        public let value: String
        /// `environments/prod.env:3`, or `environment` for the process's own.
        public let origin: String
    }

    /// The file of the environment that was named; nil when none was.
    public let file: EnvFile?
    private let process: [String: String]

    init(file: EnvFile?, process: [String: String]) {
        self.file = file
        self.process = process
    }

    /// The value of `key`; nil where it is not set or empty.
    public subscript(key: String) -> Setting? {
        file?[key] ?? exported(key)
    }

    /// The value of a `key` that decides where something is sent, or in whose name.
    ///
    /// When an environment was named, its file alone is asked: a variable that somebody exported last week must not turn
    /// `--target-env prod` into something else.
    public func destination(_ key: String) -> Setting? {
        file == nil ? exported(key) : file?[key]
    }

    /// Makes of `setting` what it stands for. Throws `Stop` with status 78 and the place where the value stands.
    public func parse<Value>(_ setting: Setting, _ parse: (String) throws -> Value) throws -> Value {
        do { return try parse(setting.value) } catch {
            throw Stop(.configuration, "\(setting.origin): \(setting.key): \(error)")
        }
    }

    private func exported(_ key: String) -> Setting? {
        guard let value = process[key], !value.isEmpty else { return nil }
        return Setting(key: key, value: value, origin: "environment")
    }
}
