/// Text that came from a user or a server, cut so that it fits into a message.
///
/// It may hold anything; whoever prints it escapes it.
public struct Excerpt: Equatable, Sendable, CustomStringConvertible {
    /// The longest excerpt, in characters.
    public static let longest = 80
    /// No excerpt looks at more bytes than these: four for a scalar, and some scalars for a character.
    static let longestInBytes = 8 * longest

    /// At most 80 characters, then `…` when something was cut.
    public let description: String

    /// The beginning of `text`.
    public init(_ text: String) {
        self.init(bytes: text.utf8)
    }

    /// The beginning of `bytes`; what is not UTF-8 shows as the replacement character.
    public init(bytes: some Collection<UInt8>) {
        let head = bytes.prefix(Excerpt.longestInBytes)
        let text = String(decoding: head, as: UTF8.self)
        let shown = text.prefix(Excerpt.longest)
        let isWhole = shown.endIndex == text.endIndex && head.endIndex == bytes.endIndex
        description = isWhole ? text : shown + "…"
    }
}
