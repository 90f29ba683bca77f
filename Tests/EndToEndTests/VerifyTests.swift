import Foundation
import TestSupport
import Testing

/// `backfill-activities --verify` against a pipeline that loses what it took: run after run, until nothing is left.
@Suite(.serialized) struct VerifyTests {
    private let backfill = Run.clone.appendingPathComponent("scripts/data/backfill-activities").path
    private let local: LocalDevelopment

    init() throws {
        local = try LocalDevelopment()
    }

    /// A run as cron would start it, a second after the one before it or later.
    private func slice(_ options: String = "", environment: [String: String] = [:]) throws -> Run {
        let run = try local.run(
            """
            until [[ ! -e last || $(date +%s) -gt $(($(stat -c %Y last) + 1)) ]]; do sleep 0.1; done
            \(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000 --verify --settled=1s \
                --state=job \(options); status=$?; touch last; exit $status
            """, environment: environment)
        try local.drain()
        return run
    }

    /// The ids in what a command prints.
    private func ids(_ command: String) throws -> Set<Int64> {
        Set(
            try local.run(command).lines.compactMap {
                $0.firstMatch(of: /"(?:object_)?id":(\d+)/).flatMap { Int64($0.1) }
            })
    }

    private func report(_ state: String) throws -> Set<Int64> {
        try ids("replay --checkpoint job/checkpoint.ndjson --report \(state) --quiet")
    }

    private func fates(_ fate: String, delivery: Int) throws -> Set<Int64> {
        Set(try local.fates().filter { $0.fate == fate && $0.delivery == delivery }.map(\.id))
    }

    @Test func `it comes to an end: what was lost is sent again, what is deleted is gone, and nothing else`() throws {
        try local.control(#"{"drop_percent":4,"gone_percent":2,"refuse_percent":2}"#)
        let first = try slice()
        #expect(first.status == 75, "\(first.words)")
        #expect(
            first.words.contains("of the delivered events have still to be looked up: run the same command again in 1s")
        )
        let (dropped, deleted) = (try fates("dropped", delivery: 1), try fates("deleted-at-strava", delivery: 1))
        #expect(!dropped.isEmpty && !deleted.isEmpty)

        let second = try slice()
        #expect(second.words.contains(" \(dropped.count + deleted.count) reopened, 0 gone"), "\(second.words)")
        #expect(try ids("cat job/reopened.ndjson") == dropped.union(deleted))
        #expect(try fates("landed", delivery: 2) == dropped)

        let third = try slice()
        #expect(third.status == 1, "\(third.words)")
        #expect(third.words.contains(": \(dropped.count) landed, 0 reopened, \(deleted.count) gone"), "\(third.words)")
        #expect(
            third.words.contains("\(deleted.count) gone, delivered in vain: replay --checkpoint job/checkpoint.ndjson"))
        #expect(third.words.contains("nothing is left: the cron line can go"))
        #expect(try report("gone") == deleted)
        #expect(try report("failed") == fates("refused", delivery: 1))
        #expect(try report("delivered") == [])

        let sent = try local.requests().count
        #expect(try slice("--quiet").words == "")
        #expect(try local.requests().count == sent)
        try requireSchemas()
        // A new query leaves them out, and finds what was refused: that it failed is known too.
        let restarted = try slice("--restart")
        #expect(restarted.words.contains("lacks \(try report("failed").count) activities, 14 excluded left out"))
        #expect(try local.requests().count == sent)
    }

    /// Each file of the state directory holds what the schema of its stream says.
    private func requireSchemas() throws {
        let check = Run.clone.appendingPathComponent("scripts/development/check-stream").path
        for (schema, files) in [
            ("reference", "references.ndjson"), ("event", "events.ndjson dead-letters.ndjson"),
            ("job-report", "job.json"),
            ("result", "results.ndjson"), ("record", "reopened.ndjson looked-up.ndjson gone.ndjson"),
            ("checkpoint", "checkpoint.ndjson"),
        ] {
            let run = try local.run("cd job && grep -q . \(files) && cat \(files) | \(check) \(schema)")
            #expect(run.status == 0, "\(schema): \(run.words)")
        }
    }

    @Test func `the run that delivers the last event is quiet, since it is still to be looked up`() throws {
        #expect(try slice("--limit=40 --rate-limit=20 --max-runtime=1s").status == 75)
        let last = try slice("--limit=40 --quiet")
        #expect(last.status == 75)
        #expect(last.words == "")
        #expect(try slice("--limit=40 --quiet").words.contains("nothing is left of this job"))
    }

    @Test func `while the pipeline is down nothing more is sent, quiet or not, and then it goes on`() throws {
        try local.control(#"{"down":true}"#)
        #expect(try slice("--limit=60").status == 75)
        let sent = try local.requests().count
        let stopped = try slice("--limit=60 --quiet")
        #expect(stopped.status == 75)
        #expect(stopped.words.contains("0 of 60 delivered events have landed, less than --min-landed 90%"))
        #expect(try local.requests().count == sent)
        #expect(try report("delivered").count == 60)

        try local.control(#"{"down":false}"#)
        try local.drain()
        let last = try slice("--limit=60")
        #expect(last.status == 0, "\(last.words)")
        #expect(last.words.contains("60 looked up: 60 landed, 0 reopened, 0 gone"))
        #expect(try local.requests().count == sent)
    }

    @Test func `what the pipeline does not have is sent again when a person says so`() throws {
        try local.control(#"{"drop_percent":100}"#)
        #expect(try slice("--limit=20").status == 75)
        #expect(try slice("--limit=20").words.contains("0 of 20 delivered events"))
        let forced = try slice("--limit=20 --min-landed=0%")
        #expect(forced.words.contains("20 looked up: 0 landed, 20 reopened, 0 gone"))
        #expect(try slice("--limit=20").words.contains("20 looked up: 20 landed, 0 reopened, 0 gone"))
    }

    @Test func `a look-up that fails changes nothing, and ends the run with its status`() throws {
        #expect(try slice("--limit=20").status == 75)
        let before = try local.run("cat job/checkpoint.ndjson").lines
        _ = try local.run(
            """
            mkdir broken && sed 's/^BACKFILL_TARGET_TABLE=.*/BACKFILL_TARGET_TABLE=desirelines-local.desirelines.absent/' \
                "$BACKFILL_ENVIRONMENTS/local.env" >broken/local.env
            """)
        let broken = try slice("--limit=20", environment: ["BACKFILL_ENVIRONMENTS": "broken"])
        #expect(broken.status == 78, "\(broken.words)")
        #expect(try local.run("cat job/checkpoint.ndjson").lines == before)
        #expect(try slice("--limit=20").words.contains("20 looked up: 20 landed"))
    }

    @Test func `what a finished job before this one delivered is looked up too, and sent again`() throws {
        try local.control(#"{"drop_percent":10}"#)
        let plain = "\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000 --state=job"
        #expect(try local.run("\(plain) --start-date=2023-01-01 --end-date=2023-12-31").status == 0)
        try local.drain()
        let dropped = try fates("dropped", delivery: 1)
        #expect(!dropped.isEmpty)
        // A day in which nothing is missing: all that it sends is what the first job delivered in vain.
        let second = "--start-date=2001-01-01 --end-date=2001-01-01"
        #expect(try local.run("\(plain) \(second); touch last").words.contains("nothing is missing that"))
        let sent = try local.requests().count
        let third = try slice(second)
        #expect(third.status == 75, "\(third.words)")
        #expect(third.words.contains("\(dropped.count) reopened, 0 gone"))
        #expect(try local.requests().count == sent + dropped.count)
        #expect(try fates("landed", delivery: 2) == dropped)
        let last = try slice(second)
        #expect(last.status == 0, "\(last.words)")
        #expect(try local.run("ls job/earlier.ndjson").status != 0)
    }

    @Test func `a finished job that was reopened is not finished, until it is again`() throws {
        try local.control(#"{"drop_percent":100}"#)
        let plain = "\(backfill) --source-project=progressor-x --target-env=local --rate-limit=1000 --state=job"
        #expect(try local.run("\(plain) --limit=4 && touch last").status == 0)
        try local.drain()
        let cut = try slice("--limit=4 --rate-limit=1/1h --max-runtime=1s")
        #expect(cut.status == 75, "\(cut.words)")
        #expect(try local.run("\(plain) --limit=5").status == 78)
        #expect(try slice("--limit=4").status == 75)
        #expect(try slice("--limit=4").words.contains("nothing is left of this job"))
    }

    @Test(arguments: ["--verify --settled=x", "--verify --min-landed=90", "--verify --min-landed=190%"])
    func `what is no duration or percentage is 64 before anything is asked`(options: String) throws {
        let run = try local.run(
            "\(backfill) --source-project=progressor-x --target-env=local --state=job --limit=1 \(options)")
        #expect(run.status == 64, "\(run.words)")
        #expect(try local.run("ls job").status != 0)
    }

    @Test(arguments: ["--settled=1s", "--min-landed=5%"]) func `without --verify its options are 64`(option: String)
        throws
    {
        let run = try local.run("\(backfill) --source-project=progressor-x --target-env=local --state=job \(option)")
        #expect(run.status == 64)
        #expect(run.words.contains("give --verify"))
    }
}
