import CVersion

/// The release that the filters belong to, and the commit that they were built from.
public enum Version {
    /// The release alone: what a fixture's provenance has, which is the same for the same input.
    public static let number = "0.1.0"
    /// As HTTP requests carry it.
    public static let userAgent = "activity-backfill/\(number)"

    /// As `--version` prints it: `replay 0.1.0 (aeae353)`, or without a commit where the build was told none.
    public static func line(of tool: String) -> String {
        let commit = String(cString: version_commit)
        return commit.isEmpty ? "\(tool) \(number)" : "\(tool) \(number) (\(commit))"
    }
}
