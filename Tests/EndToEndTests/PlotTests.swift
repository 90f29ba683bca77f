import Foundation
import TestSupport
import Testing

/// `plot-backfill` on the state directory of a job of three days: refusals, an event that was sent again, one that is gone.
@Suite struct PlotTests {
    private static let recorded = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("StateDirectory")
    private let plot = Run.clone.appendingPathComponent("scripts/data/plot-backfill").path
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let state = folder.url.appendingPathComponent("state")
        try FileManager.default.copyItem(at: PlotTests.recorded.appendingPathComponent("state"), to: state)
    }

    private func type(_ line: String, environment: [String: String] = [:]) throws -> Run {
        let variables = [
            "BACKFILL_BIN": Run.programs.path, "BACKFILL_ENVIRONMENTS": PlotTests.recorded.path,
            "BACKFILL_LEDGER": PlotTests.recorded.appendingPathComponent("ledger.ndjson").path,
            "TMPDIR": folder.url.path,
        ]
        return try Run(
            shell: line.replacing("plot-backfill", with: plot),
            environment: variables.merging(environment) { $1 }, in: folder.url)
    }

    private func contents(_ name: String) throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent(name))
    }

    @Test func `what is drawn can be printed, and is the same in any language and time zone`() throws {
        let expected = try Data(contentsOf: PlotTests.recorded.appendingPathComponent("data.tsv"))
        let run = try type("plot-backfill state --data", environment: ["LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"])
        #expect(run.status == 0, "\(run.words)")
        #expect(run.output == expected)
        // Nothing was left, and nothing touched.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["state"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("state").path)
        #expect(Set(names) == ["checkpoint.ndjson", "events.ndjson", "references.ndjson"])
    }

    /// All of it within one window: what a first run, or a trial, leaves.
    @Test func `a job of a minute is drawn too`() throws {
        let run = try type(
            #"sed -i -E 's/"time":"[^"]*"/"time":"2025-03-03T06:20:01Z"/' state/checkpoint.ndjson && plot-backfill state"#
        )
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.contains { $0.contains("Events sent in 15 minutes") })
    }

    @Test func `a job of hours is drawn in windows of fifteen minutes`() throws {
        let run = try type("sed -i 17q state/checkpoint.ndjson; plot-backfill state --data")
        #expect(
            run.lines.prefix(6).map(\.self) == [
                "# width\t900", "# sent\t8", "# total\t36", "# left\t29", "# looked\t6", "# quota\t4",
            ])
        let windows = [
            "1740982500\t4\t0\t4", "1740983400\t0\t0\t0", "1740984300\t0\t0\t0", "1740985200\t0\t0\t0",
            "1740986100\t3\t1\t4",
        ]
        #expect(Array(run.lines.drop { $0 != "begin\tdelivered\tfailed\trequests" }.dropFirst().prefix(5)) == windows)
    }

    @Test func `a terminal gets letters, eighty columns of them`() throws {
        let run = try type("plot-backfill state", environment: ["TERM": "xterm"])
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.allSatisfy { $0.utf8.count <= 80 && $0.utf8.allSatisfy { 0x20..<0x7F ~= $0 } })
        for title in [
            "Backfill until 2025-03-05 06:20 UTC: 23 of 36 events settled", "Events sent a day, and requests charged",
            "Events that remain: sent by about 2025-03-06 08:20 UTC", "Activities that were missing when the job began",
        ] {
            #expect(run.lines.contains { $0.contains(title) }, "\(title)")
        }
    }

    @Test func `a file gets a picture, the same one each time`() throws {
        let run = try type(
            "plot-backfill state -o a.svg && plot-backfill --output=b.png state && plot-backfill state -o - >c.svg")
        #expect(run.status == 0, "\(run.words)")
        let picture = try contents("a.svg")
        #expect(picture == (try contents("c.svg")))
        #expect(String(decoding: picture, as: UTF8.self).contains("2025-03-06 08:20 UTC"))
        #expect(try contents("b.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func `before anything was sent there is a picture of what is missing`() throws {
        let run = try type("rm state/checkpoint.ndjson; plot-backfill state")
        #expect(run.status == 0, "\(run.words)")
        #expect(run.lines.contains { $0.contains("nothing is sent yet") })
        #expect(!run.lines.contains { $0.contains("Events sent") })
        let empty = try type(": >state/references.ndjson; plot-backfill state -o a.svg; ls")
        #expect(empty.lines == ["state"])
        #expect(empty.words.hasSuffix("nothing to draw\n"))
    }

    @Test func `events that are gone belong to the job, however many`() throws {
        let run = try type(
            "sed -i 's/\"landed\"/\"gone\",\"deliveries\":2/' state/checkpoint.ndjson; plot-backfill state --data")
        #expect(run.lines.contains("# total\t36"))
    }

    @Test func `records that are damaged are left out`() throws {
        let run = try type(
            "echo '{\"event\":' >>state/checkpoint.ndjson; echo x >>state/references.ndjson; plot-backfill state --data"
        )
        #expect(run.output == (try Data(contentsOf: PlotTests.recorded.appendingPathComponent("data.tsv"))))
    }

    @Test(arguments: [
        ("", 64), ("state more", 64), ("state --quotas 1", 64), ("state -o", 64), ("state -o a.pdf", 64), (".", 78),
        ("none", 78),
        ("state -o none/a.svg", 74), ("state --data >/dev/full", 74), ("state >/dev/full", 74),
        ("state --target-env none", 78),
    ])
    func `what cannot be drawn has a status of its own`(_ options: String, _ status: Int32) throws {
        let run = try type("plot-backfill \(options)")
        #expect(run.status == status, "\(run.words)")
        #expect(run.words.split(separator: "\n").count == 1, "\(run.words)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["state"])
    }

    @Test func `without gnuplot the package is named`() throws {
        let run = try type(
            "mkdir bin; ln -s \"$(command -v bash)\" \"$(command -v dirname)\" \"$(command -v readlink)\" bin; PATH=$PWD/bin plot-backfill state; echo $?"
        )
        #expect(run.lines == ["78"])
        #expect(run.words == "plot-backfill: gnuplot: not found; install gnuplot-nox\n")
        let numbers = try type("PATH=$PWD/bin plot-backfill state --data; echo $?")
        #expect(numbers.words == "plot-backfill: jq: not found; install jq\n")
    }
}
