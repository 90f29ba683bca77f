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
        let head = text.prefix(Excerpt.longest)
        description = head.endIndex == text.endIndex ? text : head + "…"
    }

    /// The beginning of `bytes`; what is not UTF-8 shows as the replacement character.
    public init(bytes: some Collection<UInt8>) {
        let head = bytes.prefix(Excerpt.longestInBytes)
        let text = String(decoding: head, as: UTF8.self)
        self.init(head.count < bytes.count && text.count <= Excerpt.longest ? text + "…" : text)
    }
}
