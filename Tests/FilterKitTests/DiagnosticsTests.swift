import Testing

@testable import FilterKit

@Suite struct DiagnosticsTests {
    @Test(arguments: [
        ("\u{1B}[31m", "\\u{1b}[31m"), ("a\nb", "a\\u{a}b"), ("\u{7F}\u{9B}", "\\u{7f}\\u{9b}"),
        ("\u{202E}txt", "\\u{202e}txt"), ("a\u{200B}b\u{FEFF}", "a\\u{200b}b\\u{feff}"), ("\u{2066}", "\\u{2066}"),
    ])
    func `what a terminal would obey, or what would deceive a reader, is made visible`(_ text: String, _ shown: String)
    {
        #expect(Diagnostics.escape(text) == shown)
    }

    @Test func `all other text stays as it is`() {
        #expect(Diagnostics.escape("Côte \"d'Azur\" 🚴🏽 日本") == "Côte \"d'Azur\" 🚴🏽 日本")
    }
}
