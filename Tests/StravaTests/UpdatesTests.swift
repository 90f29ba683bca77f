import NDJSON
import TestSupport
import Testing

@testable import Strava

@Suite struct UpdatesTests {
    @Test(arguments: [
        (
            #""name":"Loop","type":"Ride","sport_type":"GravelRide","private":false"#,
            #"{"title":"Loop","type":"Ride","private":"false"}"#
        ),
        (
            #""private":true,"sport_type":"GravelRide","name":"Loop""#,
            #"{"title":"Loop","type":"GravelRide","private":"true"}"#
        ),
        (#""activity_type":"Run","sport_type":"TrailRun""#, #"{"type":"Run"}"#),
        (#""private":"false""#, #"{"private":"false"}"#),
        (#""name":"","type":null"#, #"{"title":""}"#),
        (#""title":"no column","visibility":"only_me""#, "{}"),
    ])
    func `title, type and private come of what the record has, in this order`(
        _ members: String, _ updates: String
    ) throws {
        #expect(try self.updates(members) == updates)
    }

    @Test(arguments: 1...200)
    func `a title is, byte for byte, the text that the record has`(_ seed: Int) throws {
        var chance = SeededGenerator(seed: seed)
        let pieces = [
            #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0000"#, #"\u00e9"#, #"\ud83d\udeb4"#, "é", "🚴", "\u{202E}", "\u{9B}",
            "a", " ",
            "{", "}", ",", ":", "[",
        ]
        let title = (0..<Int.random(in: 0...90, using: &chance)).map { _ in pieces.randomElement(using: &chance) ?? "" }
            .joined()
        #expect(try updates(#""x":{"name":1},"name":"\#(title)","y":[2]"#) == #"{"title":"\#(title)"}"#)
    }

    private func updates(_ members: String) throws -> String {
        let now = try #require(Timestamp(unixSeconds: 0))
        let line = try Line(#"{"id":1,"athlete_id":7,"start_date":0,\#(members)}"#)
        var text = JSONText()
        try ActivityReader(for: .update) { now }.activity(in: line).updates.write(to: &text)
        return text.string
    }
}
