import NDJSON
import Testing

@testable import Strava

@Suite struct WebhookEventTests {
    private let record =
        #"{"id":123456789,"athlete_id":987654321,"start_date":1234567890,"name":"Café","private":true}"#

    @Test(arguments: [
        (Aspect.create, "{}"), (.update, #"{"title":"Café","private":"true"}"#), (.delete, "{}"),
    ])
    func `an event has Strava's keys in Strava's order, and updates among them`(
        _ aspect: Aspect, _ updates: String
    ) throws {
        var text = JSONText()
        try event(aspect, record).write(to: &text)
        #expect(
            text.string == """
                {"object_type":"activity","object_id":123456789,"aspect_type":"\(aspect)","owner_id":987654321,\
                "subscription_id":12345,"event_time":1234567890,"updates":\(updates)}
                """)
    }

    @Test func `the event's time is the second in which the activity began, before 1970 too`() throws {
        let event = try event(.create, #"{"id":1,"athlete_id":7,"start_date":"1969-12-31T23:59:59.5Z"}"#)
        #expect(event.eventTime == -1)
    }

    @Test func `an update may tell nothing, another event is not asked to`() throws {
        let bare = #"{"id":1,"athlete_id":7,"start_date":0,"name":null,"distance":5}"#
        #expect(try event(.update, bare).isEmptyUpdate)
        #expect(try !event(.update, record).isEmptyUpdate)
        #expect(try !event(.create, bare).isEmptyUpdate)
        #expect(try !event(.delete, bare).isEmptyUpdate)
    }

    private func event(_ aspect: Aspect, _ record: String) throws -> WebhookEvent {
        let now = try #require(Timestamp(unixSeconds: 0))
        let activity = try ActivityReader(for: aspect) { now }.activity(in: Line(record))
        return WebhookEvent(aspect, of: activity, subscriptionID: 12345)
    }
}
