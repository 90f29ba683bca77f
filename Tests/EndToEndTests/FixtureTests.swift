import Foundation
import TestSupport
import Testing

/// What stands under a fixture's name, and beside it, after a run that did not end well.
@Suite struct FixtureTests {
    /// An old fixture, and rows for a new one.
    private static let start = """
        umask 077
        echo 0123456789abcdef-not-a-secret >key
        generate=$clone/scripts/development/local-dev/generate-activities
        python3 "$generate" --count 1 | export-fixture --output fixture.json --quiet >/dev/null 2>&1
        mkdir old; cp fixture.json* old
        python3 "$generate" --count 50 >rows
        same() { cmp -s old/fixture.json "$1/fixture.json" && cmp -s old/fixture.json.provenance.json "$1/fixture.json.provenance.json"; }

        """
    private static let mounts =
        (try? Run(shell: "unshare -Urm mount -t tmpfs none /mnt", in: URL(fileURLWithPath: "/")).status) == 0

    private func run(_ script: String, in folder: TemporaryFolder) throws -> Run {
        try Run(shell: FixtureTests.start + script, environment: ["clone": Run.clone.path], in: folder.url)
    }

    @Test func `a kill in the middle leaves the old fixture and its provenance`() throws {
        let folder = try TemporaryFolder()
        let run = try run(
            """
            mkfifo input; exec 8<>input
            export-fixture --output fixture.json --anonymize --key-file key <input >passed 8>&- & run=$!
            head -n 20 rows >&8
            until (($(wc -l <passed) == 20)); do :; done
            kill -KILL $run; wait $run; echo $?
            same . && echo same
            ls -A | grep -c partial
            exec 8>&-
            export-fixture --output fixture.json --anonymize --key-file key --quiet <rows | wc -l
            grep -c "$(sha256sum <fixture.json | cut -d ' ' -f 1)" fixture.json.provenance.json
            """, in: folder)
        #expect(run.lines == ["137", "same", "2", "50", "1"], "\(run.words)")
    }

    @Test func `whenever it is killed, each name has a whole file, and the checksum says whether they belong together`()
        throws
    {
        let folder = try TemporaryFolder()
        // Round after round the kill comes a little later, so that some of them find the run at its end.
        let run = try run(
            """
            export-fixture --output new.json --quiet <rows >/dev/null 2>&1
            sed -i 's/new[.]json/fixture.json/' new.json.provenance.json
            for ((round = 0; round < 60; round++)); do
                cp old/fixture.json* .
                export-fixture --output fixture.json --quiet <rows >/dev/null 2>&1 & run=$!
                for ((i = 0; i < round * 400; i++)); do :; done
                kill -KILL $run 2>/dev/null; wait $run 2>/dev/null
                state=
                for name in fixture.json fixture.json.provenance.json; do
                    if cmp -s $name old/$name; then state+=old; elif cmp -s $name new${name#fixture}; then state+=new
                    else state+=broken; fi
                done
                grep -q "$(sha256sum <fixture.json | cut -d ' ' -f 1)" fixture.json.provenance.json && state+=agree
                echo $state
            done | sort -u
            """, in: folder)
        #expect(Set(run.lines).isSubset(of: ["oldoldagree", "newnewagree", "newold"]), "\(run.lines)")
        #expect(run.lines.contains("oldoldagree"))
    }

    @Test(.enabled(if: mounts, "needs a mount namespace of its own"))
    func `a disk that is full, for the fixture or for its provenance, leaves the old fixture and its provenance`()
        throws
    {
        let folder = try TemporaryFolder()
        let run = try run(
            """
            mkdir small
            # A record that grows by less than a page finds the disk full for the one file and for the other.
            unshare -Urm bash -s <<'END' | sort -u
            same() { cmp -s old/fixture.json "$1/fixture.json" && cmp -s old/fixture.json.provenance.json "$1/fixture.json.provenance.json"; }
            mount -t tmpfs -o size=64k none small
            for ((size = 1; size <= 64; size++)); do
                cp old/fixture.json* small
                printf '{"size":"%*s"}\\n' $((size * 1024)) "" | export-fixture --output small/fixture.json --quiet >/dev/null 2>messages; status=$?
                belongs=$(grep -c "$(sha256sum <small/fixture.json | cut -d ' ' -f 1)" small/fixture.json.provenance.json)
                same small && state=old || state=new
                echo "$status $state $belongs $(grep -c 'No space left on device; the fixture was not changed' messages) $(ls -A small | wc -l)"
                # Where no old one makes room by leaving, there must be both files or none.
                rm -f small/*
                printf '{"size":"%*s"}\\n' $((size * 1024)) "" | export-fixture --output small/fixture.json --quiet >/dev/null 2>&1
                echo "$? first $(ls -A small | wc -l)"
            done
            END
            """, in: folder)
        #expect(
            Set(run.lines) == ["0 first 2", "74 first 0", "0 new 1 0 2", "74 old 1 1 2"], "\(run.lines) \(run.words)")
    }

    @Test(.enabled(if: mounts, "needs a mount namespace of its own"))
    func `a folder that nobody may write to keeps the old fixture and its provenance`() throws {
        let folder = try TemporaryFolder()
        let run = try run(
            """
            mkdir fixed
            unshare -Urm bash -s <<'END'
            mount -t tmpfs none fixed; cp old/fixture.json* fixed; mount -o remount,ro fixed
            export-fixture --output fixed/fixture.json --anonymize --key-file key <rows; echo $?
            cmp old/fixture.json fixed/fixture.json && cmp old/fixture.json.provenance.json fixed/fixture.json.provenance.json && ls -A fixed
            END
            """, in: folder)
        #expect(run.lines == ["74", "fixture.json", "fixture.json.provenance.json"])
        #expect(
            run.words == """
                export-fixture: fixed/fixture.json: cannot create: Read-only file system; \
                the fixture was not changed; name a file that can be written

                """)
    }
}

/// A fixture that may be seen, from BigQuery and back.
@Suite struct AnonymizedFixtureTests {
    private static let tables = [
        ("activities_full", "progressor-x.strava.activities"),
        ("activities_minimal", "desirelines-local.desirelines.activities"),
        ("deleted_activities", "desirelines-local.desirelines.deleted_activities"),
    ]

    @Test(arguments: tables)
    func `rows of each schema keep nothing that names anybody, and a table of that schema takes them`(
        schema: String, table: String
    ) throws {
        let local = try LocalDevelopment()
        let run = try local.run(
            """
            umask 077; echo 0123456789abcdef-not-a-secret >key
            bq-missing --no-target --source \(table) --limit 50 --quiet | bq-fetch --source \(table) --quiet >rows
            anonymize() { export-fixture --format ndjson --output $1 --anonymize --key-file key <rows; }
            anonymize a >passed && cmp passed a && anonymize b >passed && cmp a b && wc -l <a
            PYTHONPATH=\(Run.clone.path)/scripts/development/local-dev python3 - <<'END'
            import os
            from emulator import Emulator
            from environments import schema
            emulator, name, fields = Emulator(os.environ["BIGQUERY_EMULATOR_HOST"]), "desirelines-local.desirelines.shown", schema("\(schema)")
            emulator.create_table(name, fields, "start_date", ["sport_type"])
            emulator.load(name, fields, open("a", encoding="utf-8").read().splitlines())
            END
            bq-missing --no-target --source desirelines-local.desirelines.shown --quiet | wc -l
            """)
        let count = try #require(run.lines.first)
        #expect(run.lines == [count, count], "\(run.words)")
        #expect(Int(count) ?? 0 > 10)
        #expect(!run.words.contains("warning"), "\(run.words)")
        #expect(try found(local) == [])
    }

    /// What a reader who greps for the originals finds.
    private func found(_ local: LocalDevelopment) throws -> [String] {
        let rows = try local.run("cat rows").lines
        let fixture = try Data(contentsOf: local.folder.url.appendingPathComponent("a"))
        var secrets: Set<String> = []
        for row in rows {
            collect(try JSONSerialization.jsonObject(with: Data(row.utf8)), key: "", into: &secrets)
        }
        #expect(secrets.count > 50)
        return secrets.filter { fixture.range(of: Data($0.utf8)) != nil }
    }

    private func collect(_ value: Any, key: String, into secrets: inout Set<String>) {
        if let object = value as? [String: Any] {
            for (key, value) in object { collect(value, key: key, into: &secrets) }
        } else if let array = value as? [Any] {
            for value in array { collect(value, key: key, into: &secrets) }
        } else if AnonymizedFixtureTests.secretColumns.contains(key), !(value is NSNull), "\(value)" != "" {
            secrets.insert("\(value)")
        }
    }

    private static let secretColumns: Set = [
        "id", "upload_id", "upload_id_str", "external_id", "athlete_id", "gear_id", "unique_id", "name", "description",
        "device_name", "timezone", "start_latlng", "end_latlng", "polyline", "summary_polyline", "city", "state",
        "country",
        "100", "600", "deletion_correlation_id",
    ]
}
