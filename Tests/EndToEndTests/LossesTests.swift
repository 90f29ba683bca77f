import TestSupport
import Testing

/// The pipeline's stand-in when it was told to lose something.
@Suite(.serialized) struct LossesTests {
    private let local: LocalDevelopment
    private let send = "replay --target-env local --rate-limit 1000 <events.ndjson"
    private let missing = "bq-missing --source-project progressor-x --target-env local --quiet"

    init() throws {
        local = try LocalDevelopment()
        _ = try local.run("\(missing) | to-webhook --target-env local --quiet >events.ndjson")
    }

    /// The ids of the records that a command prints.
    private func ids(_ command: String) throws -> Set<Int64> {
        Set(
            try local.run(command).lines.compactMap {
                $0.firstMatch(of: /"(?:object_)?id":(\d+)/).flatMap { Int64($0.1) }
            })
    }

    private func ids(_ fate: String, delivery: Int, in fates: [LocalDevelopment.Fate]) -> Set<Int64> {
        Set(fates.filter { $0.fate == fate && $0.delivery == delivery }.map(\.id))
    }

    @Test func `what is dropped lands when it comes again, what is refused or gone never does`() throws {
        try local.control(#"{"drop_percent":5,"gone_percent":3,"refuse_percent":2}"#)
        let events = try ids("cat events.ndjson")
        let refused = try ids("\(send) 2>/dev/null | grep -F '\"reason\":\"answered 400: '")
        try local.drain()
        let first = try local.fates()
        let (dropped, gone) = (ids("dropped", delivery: 1, in: first), ids("deleted-at-strava", delivery: 1, in: first))
        #expect(first.count == events.count)
        #expect(refused == ids("refused", delivery: 1, in: first))
        for lost in [dropped, gone, refused] { #expect((1..<40).contains(lost.count), "\(lost.count)") }
        #expect(dropped.count > refused.count)
        #expect(try ids(missing) == dropped.union(gone).union(refused))

        let again = try ids("\(send) 2>/dev/null | grep -F '\"reason\":\"answered 400: '")
        try local.drain()
        let both = try local.fates()
        #expect(again == refused)
        #expect(ids("landed", delivery: 2, in: both) == dropped)
        #expect(ids("deleted-at-strava", delivery: 2, in: both) == gone)
        #expect(try ids(missing) == gone.union(refused))
    }

    @Test func `what is accepted while the consumers are down lands when they are up again`() throws {
        let lacking = try ids(missing)
        try local.control(#"{"down":true}"#)
        #expect(try local.run("\(send) >results.ndjson").status == 0)
        let events = try ids("cat events.ndjson")
        #expect(ids("held", delivery: 1, in: try local.fates()) == events)
        #expect(try local.run("curl -sS -w '%{http_code}' \(local.dispatcher)/control/drained").lines.last == "503")
        #expect(try ids(missing) == lacking)
        try local.control(#"{"down":false}"#)
        try local.drain()
        let late = ids("landed-late", delivery: 1, in: try local.fates())
        #expect(!late.isEmpty)
        #expect(try ids(missing) == lacking.subtracting(late))
    }

    @Test func `orders that are none are refused whole`() throws {
        for order in [
            #"{"drop_percent":101}"#, #"{"drop_percent":60,"gone_percent":41}"#, #"{"refuse_percent":-1}"#,
            #"{"down":1}"#, #"{"drop_percent":5,"status":"x"}"#, #"{"lose":1}"#,
        ] {
            let answer = try local.run("curl -sS -w '%{http_code}' -d '\(order)' \(local.dispatcher)/control")
            #expect(answer.lines.last == "400", "\(order)")
        }
        #expect(try local.run("\(send) >results.ndjson").status == 0)
        try local.drain()
        #expect(try Set(local.fates().map(\.fate)) == ["landed"])
    }
}
