import NDJSON
import TestSupport
import Testing

@testable import Strava

@Suite struct SubscriptionIDTests {
    @Test(arguments: [
        "12345", " 12345\n", "\t12345\r\n", "\u{FEFF}12345\n", #"{"webhook_subscription_id":12345}"#,
        #"{"webhook_subscription_id":"12345"}"#,
        "\u{FEFF}\n{\n  \"client_id\": 1,\n  \"webhook_subscription_id\": 12345\n}\n",
        #"{"webhook_subscription_id":1,"a":{"webhook_subscription_id":2},"webhook_subscription_id":12345}"#,
    ])
    func `a file holds digits, or a JSON object with the id among other things`(_ contents: String) throws {
        #expect(try SubscriptionID(contents: contents).number == 12345)
    }

    @Test(arguments: ["9223372036854775807", #"{"webhook_subscription_id":9223372036854775807}"#])
    func `the largest id keeps every digit`(_ contents: String) throws {
        #expect(try SubscriptionID(contents: contents).number == .max)
    }

    @Test(arguments: [
        "", "\n", "0", "-1", "+7", "007", "1e3", "1.0", "12345 6", "１２", "9223372036854775808", "\"12345\"", "[12345]",
        "id=12345", "\u{FEFF}\u{FEFF}1",
    ])
    func `anything else is refused, and none of it shown`(_ contents: String) {
        #expect(throws: SubscriptionIDError.notDigits) { try SubscriptionID(contents: contents) }
    }

    @Test(arguments: [
        (#"{"subscription_id":12345}"#, SubscriptionIDError.missing),
        (#"{"webhook_subscription_id":null}"#, .missing),
        (#"{"a":{"webhook_subscription_id":12345}}"#, .missing),
        (#"{"webhook_subscription_id":0}"#, .notAnID(Excerpt("0"))),
        (#"{"webhook_subscription_id":1e3}"#, .notAnID(Excerpt("1e3"))),
        (#"{"webhook_subscription_id":"007"}"#, .notAnID(Excerpt(#""007""#))),
        (#"{"webhook_subscription_id":9223372036854775808}"#, .notAnID(Excerpt("9223372036854775808"))),
        (#"{"webhook_subscription_id":12345"#, .notJSON(.syntax(.end, column: 33))),
        (#"{"webhook_subscription_id":12345} {}"#, .notJSON(.syntax(.trailing, column: 35))),
    ])
    func `a JSON object is told what is wrong with it`(_ contents: String, _ error: SubscriptionIDError) {
        #expect(throws: error) { try SubscriptionID(contents: contents) }
    }

    @Test func `a variable holds digits alone`() throws {
        #expect(try SubscriptionID("12345 ").number == 12345)
        #expect(throws: SubscriptionIDError.notDigits) { try SubscriptionID(#"{"webhook_subscription_id":12345}"#) }
    }

    @Test(arguments: 1...500)
    func `texts of digits, blanks and a few other characters are read as the grammar says`(_ seed: Int) throws {
        var chance = SeededGenerator(seed: seed)
        let text = String(
            (0..<Int.random(in: 0...6, using: &chance)).map { _ in
                "0011123456789  \n+-.e".randomElement(using: &chance) ?? " "
            })
        let number = text.wholeMatch(of: /\s*([1-9][0-9]*)\s*/).flatMap { Int64($0.1) }
        #expect((try? SubscriptionID(contents: text))?.number == number)
    }
}
