import Testing

@testable import replay

@Suite struct MessagesTests {
    @Test(
        arguments: [
            (.zero, "0s"), (.milliseconds(900), "0s"), (.seconds(45), "45s"), (.seconds(195), "3m15s"),
            (.seconds(180), "3m"),
            (.seconds(7500), "2h5m"), (.seconds(7201), "2h"), (.seconds(9 * 86_400 + 4 * 3600 + 59), "9d4h"),
        ] as [(Duration, String)])
    func `a duration is said in its two largest units`(duration: Duration, words: String) {
        #expect(duration.inWords == words)
    }
}
