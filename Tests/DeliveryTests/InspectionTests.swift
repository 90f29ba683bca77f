import Testing

@testable import Delivery

@Suite struct InspectionTests {
    private func inspection(_ lines: [String], _ rule: IdentityRule = .webhook) throws -> Inspection {
        var inspection = Inspection(of: rule)
        try withEvents(lines.joined(separator: "\n"), rule) { inspection.look(at: $0) }
        return inspection
    }

    @Test func `events that are older than the one before them are counted`() throws {
        let inspection = try inspection(
            [1: 5, 2: 9, 3: 7, 4: 7, 5: 3].sorted { $0.key < $1.key }.map { event($0, time: $1) })
        #expect(inspection.outOfOrder == 2)
        #expect(inspection.firstOutOfOrder == 3)
    }

    @Test(arguments: [
        (#""event_time":1700000000"#, #""event_time":0"#, "event_time: zero"),
        (#""owner_id":7"#, #""owner_id":null"#, "owner_id: null"),
        (#""subscription_id":9,"#, "", "subscription_id: missing"),
        (#""object_id":1"#, #""object_id":"1""#, "object_id: not an integer: \"1\""),
        (#""owner_id":7"#, #""owner_id":7.5"#, "owner_id: not an integer: 7.5"),
    ])
    func `what the dispatcher's decoder takes for missing is named`(part: String, other: String, words: String) throws {
        let inspection = try inspection([event(2), event(1).replacing(part, with: other)])
        #expect(inspection.objections == [Inspection.Objection(line: 2, words: words)])
        #expect(inspection.refused == 1)
    }

    @Test func `of many objections the first are kept, and all counted`() throws {
        let inspection = try inspection((1...40).map { event($0, time: 0) })
        #expect(inspection.refused == 40)
        #expect(inspection.objections.count == Inspection.mostObjections)
    }

    @Test func `of events that are not Strava's nothing is said`() throws {
        let inspection = try inspection([#"{"id":1,"event_time":0}"#], IdentityRule(fields: "id"))
        #expect(inspection.refused == 0)
    }
}
