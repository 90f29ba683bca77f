import NDJSON
import Testing

@testable import Strava

@Suite struct ActivityReaderTests {
    @Test func `a reference and a full row of one activity are the same activity`() throws {
        let reference = try activity(#"{"id":101,"athlete_id":7,"start_date":"2024-01-05T07:12:33Z","type":"Ride"}"#)
        let row = try activity(
            #"{"athlete":{"resource_state":1,"id":7},"laps":[{"id":3}],"start_date":"2024-01-05T07:12:33Z","id":101}"#)
        #expect((reference.id, reference.athleteID, reference.time) == (row.id, row.athleteID, row.time))
        #expect(reference.time.unixSeconds == 1_704_438_753)
    }

    @Test func `athlete.id wins over athlete_id, whichever stands first`() throws {
        #expect(try activity(#"{"id":1,"athlete":{"id":7},"athlete_id":8,"start_date":0}"#).athleteID == 7)
        #expect(try activity(#"{"id":1,"athlete_id":8,"athlete":{"id":7},"start_date":0}"#).athleteID == 7)
    }

    @Test(arguments: ["{}", "null", #"{"id":null}"#, "5"])
    func `an athlete without an id leaves athlete_id`(_ athlete: String) throws {
        #expect(try activity(#"{"id":1,"athlete":\#(athlete),"athlete_id":8,"start_date":0}"#).athleteID == 8)
    }

    @Test func `ids keep every digit, as numbers and as strings`() throws {
        let record = try activity(
            #"{"id":9223372036854775807,"athlete_id":"9007199254740993","start_date":0}"#)
        #expect(record.id == .max)
        #expect(record.athleteID == 9_007_199_254_740_993)
    }

    @Test(arguments: ["0", "-1", "1.0", "1e3", #""007""#, #""""#, "9223372036854775808", "true", "[1]"])
    func `what is no id is named with its field`(_ id: String) throws {
        #expect(throws: ActivityError.notAnID(field: "id", Excerpt(id))) {
            try activity(#"{"id":\#(id),"athlete_id":7,"start_date":0}"#)
        }
    }

    @Test(arguments: ["id", "athlete_id", "start_date"])
    func `a field that is absent or null is missing`(_ field: String) throws {
        let others = ["id": "1", "athlete_id": "7", "start_date": "0"].filter { $0.key != field }
        let members = others.map { #""\#($0.key)":\#($0.value)"# }
        #expect(throws: ActivityError.missing(field: field)) { try activity("{\(members.joined(separator: ","))}") }
        #expect(throws: ActivityError.missing(field: field)) {
            try activity("{\((members + [#""\#(field)":null"#]).joined(separator: ","))}")
        }
    }

    @Test func `a line that is no JSON says where it breaks`() throws {
        #expect(throws: ActivityError.notJSON(.syntax(.end, column: 9))) { try activity(#"{"id":10"#) }
    }

    // MARK: When it happened

    @Test(arguments: [
        (#""start_date":1,"deleted_at":2,"deletion_event_time":3"#, 3 as Int64),
        (#""deletion_event_time":null,"deleted_at":"1970-01-01 00:00:02 UTC","start_date":1"#, 2),
        (#""start_date":1"#, 1),
    ])
    func `a deletion has Strava's own time, else that of its row, else the start of the activity`(
        _ times: String, _ time: Int64
    ) throws {
        #expect(try activity(#"{"id":1,"athlete_id":7,\#(times)}"#, for: .delete).time.unixSeconds == time)
    }

    @Test(arguments: Aspect.allCases)
    func `the start date is the time of every event when it is asked for`(_ aspect: Aspect) throws {
        let row = #"{"id":1,"athlete_id":7,"start_date":1,"deleted_at":2,"deletion_event_time":3}"#
        #expect(try activity(row, for: aspect, at: .startDate).time.unixSeconds == 1)
    }

    @Test func `a deletion whose record tells no time is missing all three`() {
        #expect(throws: ActivityError.missing(field: "deletion_event_time or deleted_at or start_date")) {
            try activity(#"{"id":1,"athlete_id":7}"#, for: .delete)
        }
    }

    @Test func `a time that is none is named, and not passed over for the next one`() {
        #expect(throws: ActivityError.notATimestamp(field: "deletion_event_time", Excerpt(#""soon""#))) {
            try activity(#"{"id":1,"athlete_id":7,"deletion_event_time":"soon","start_date":1}"#, for: .delete)
        }
    }

    @Test(arguments: ["", #","start_date":null"#, #","start_date":"yesterday""#])
    func `an event of now takes the time from the clock, whatever the record says`(_ time: String) throws {
        let record = #"{"id":1,"athlete_id":7\#(time)}"#
        #expect(try activity(record, for: .create, at: .now).time.unixSeconds == 1_700_000_000)
        #expect(try activity(record, for: .delete, at: .now).time.unixSeconds == 1_700_000_000)
    }

    // MARK: What an update tells

    @Test(arguments: [
        ("name", "5", ActivityError.notAText(field: "name", Excerpt("5"))),
        ("type", #"["Ride"]"#, .notAText(field: "type", Excerpt(#"["Ride"]"#))),
        ("sport_type", "{}", .notAText(field: "sport_type", Excerpt("{}"))),
        ("private", "1", .notABoolean(field: "private", Excerpt("1"))),
        ("private", #""no""#, .notABoolean(field: "private", Excerpt(#""no""#))),
    ])
    func `a wrong kind of value is named where an update would tell it, and no matter elsewhere`(
        _ field: String, _ value: String, _ error: ActivityError
    ) throws {
        let record = #"{"id":1,"athlete_id":7,"start_date":0,"\#(field)":\#(value)}"#
        #expect(throws: error) { try activity(record, for: .update) }
        #expect(throws: Never.self) { try activity(record, for: .create) }
        #expect(throws: Never.self) { try activity(record, for: .delete) }
    }

    // MARK: What sport it is

    @Test(arguments: [
        (#""type":"Ride","sport_type":"GravelRide""#, "GravelRide" as String?),
        (#""activity_type":"Ride","type":null"#, "Ride"),
        (#""type":"Swim""#, "Swim"), (#""type":5"#, nil), (#""name":"Ride""#, nil),
    ])
    func `the sport has the finer name that the record has, and needs none`(
        _ members: String, _ sport: String?
    ) throws {
        let record = #"{"id":1,"athlete_id":7,"start_date":0,\#(members)}"#
        #expect(try activity(record, namesSports: true).sport == sport)
        #expect(try activity(record).sport == nil)
    }

    private func activity(
        _ text: String, for aspect: Aspect = .create, at time: EventTime? = nil, namesSports: Bool = false
    ) throws -> Activity {
        let now = try #require(Timestamp(unixSeconds: 1_700_000_000))
        return try ActivityReader(for: aspect, at: time, namesSports: namesSports) { now }.activity(in: Line(text))
    }
}
