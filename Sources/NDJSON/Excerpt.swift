/// Text that came from a user or a server, cut so that it fits into a message.
///
/// It may hold anything; whoever prints it escapes it.
public struct Excerpt: Equatable, Sendable, CustomStringConvertible {
    /// The longest excerpt, in characters, unless somebody has a reason for another length.
    public static let longest = 80

    /// At most so many characters, then `…` when something was cut.
    public let description: String

    /// The beginning of `text`.
    public init(_ text: String, longest: Int = Excerpt.longest) {
        self.init(bytes: text.utf8, longest: longest)
    }

    /// The beginning of `bytes`; what is not UTF-8 shows as the replacement character.
    public init(bytes: some Collection<UInt8>, longest: Int = Excerpt.longest) {
        // No text has more characters than bytes.
        guard bytes.count > longest else {
            description = String(decoding: bytes, as: UTF8.self)
            return
        }
        // No excerpt looks at more bytes: four for a scalar, and some scalars for a character.
        let head = bytes.prefix(8 * longest)
        let text = String(decoding: head, as: UTF8.self)
        let shown = text.prefix(longest)
        let isWhole = shown.endIndex == text.endIndex && head.endIndex == bytes.endIndex
        description = isWhole ? text : shown + "…"
    }
}
