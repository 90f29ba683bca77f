import NDJSON
import Testing

@testable import Strava

@Suite struct ActivityTests {
    @Test func `a reference and a full row of one activity are the same activity`() throws {
        let reference = try activity(#"{"id":101,"athlete_id":7,"start_date":"2024-01-05T07:12:33Z","type":"Ride"}"#)
        let row = try activity(
            #"{"athlete":{"resource_state":1,"id":7},"laps":[{"id":3}],"start_date":"2024-01-05T07:12:33Z","id":101}"#)
        #expect(reference == row)
        #expect(reference.startDate.unixSeconds == 1_704_438_753)
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

    private func activity(_ text: String) throws -> Activity { try Activity(Line(text)) }
}
