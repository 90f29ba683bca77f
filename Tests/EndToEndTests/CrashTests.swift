import Foundation
import TestSupport
import Testing

/// `replay` under kill -9: what it promises after any end.
@Suite struct CrashTests {
    @Test func `however often it is killed, none is lost and each kill doubles at most one`() throws {
        let local = try LocalDevelopment()
        let replay = "replay --target-env local --checkpoint journal.ndjson --rate-limit 1000"
        #expect(
            try local.run(
                "bq-missing --source-project progressor-x --target-env local | to-webhook --target-env local >events"
            ).status == 0)
        let events = try local.run("cat events").lines
        // Each kill comes when some more results have been written, at a moment that nobody chose.
        let kills = 12
        let killed = try local.run(
            """
            for ((round = 1; round <= \(kills); round++)); do
                \(replay) <events >>results 2>>messages & run=$!
                until (($(wc -l <results) >= round * 20)) || ! kill -0 $run; do :; done
                kill -KILL $run; wait $run 2>/dev/null
            done
            """, environment: ["SHELLOPTS": ""])
        #expect(killed.status == 137)
        let last = try local.run("\(replay) <events >>results")
        #expect(last.status == 0, "\(last.words)")

        let bodies = try local.requests().map(\.body)
        #expect(Set(bodies) == Set(events), "an event was lost, or one came that is none")
        #expect(bodies.count - events.count <= kills, "\(bodies.count) requests for \(events.count) events")
        #expect(try local.run("\(replay) --dry-run <events").words.contains("\(events.count)"))
    }
}
