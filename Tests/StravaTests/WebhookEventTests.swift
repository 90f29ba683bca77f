import NDJSON
import Testing

@testable import Strava

@Suite struct WebhookEventTests {
    @Test func `an event has Strava's keys in Strava's order, and updates among them`() throws {
        let activity = try Activity(Line(#"{"id":123456789,"athlete_id":987654321,"start_date":1234567890}"#))
        var text = JSONText()
        WebhookEvent(creating: activity, subscriptionID: 12345).write(to: &text)
        #expect(
            text.string == """
                {"object_type":"activity","object_id":123456789,"aspect_type":"create","owner_id":987654321,\
                "subscription_id":12345,"event_time":1234567890,"updates":{}}
                """)
    }

    @Test func `the event's time is the second in which the activity began, before 1970 too`() throws {
        let activity = try Activity(Line(#"{"id":1,"athlete_id":7,"start_date":"1969-12-31T23:59:59.5Z"}"#))
        #expect(WebhookEvent(creating: activity, subscriptionID: 1).eventTime == -1)
    }
}
