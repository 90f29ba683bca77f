/// The release that the filters belong to.
public enum Version {
    /// As `--version` prints it.
    public static let text = "0.1.0"
    /// As HTTP requests carry it.
    public static let userAgent = "activity-backfill/\(text)"
}
