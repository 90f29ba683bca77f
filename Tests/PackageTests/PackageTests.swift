import Foundation
import TestSupport
import Testing

/// scripts/operations/package-functions.sh: what it hands on is whole, runs, and is the same each time.
@Suite struct PackageTests {
    private let packed: PackagedClone
    private let name: String

    init() throws {
        packed = try PackagedClone(programs: PackagedClone.small)
        try #require(packed.packing.status == 0, "\(packed.packing.words)")
        let commit = try #require(try packed.run("git -C clone rev-parse HEAD").lines.first)
        name = "activity-backfill-0.1.0-\(commit.prefix(7))-trial"
    }

    @Test func `files are named by version, commit and architecture, and their sums are right`() throws {
        let architecture = try #require(try packed.run("dpkg --print-architecture").lines.first)
        let deb = name.replacing("backfill-0", with: "backfill_0").replacing("0.1.0-", with: "0.1.0+")
        #expect(
            try Set(packed.run("ls dist").lines) == [
                "SHA256SUMS", "\(name)-\(architecture).tar.gz", "\(name)-run-job.tar.gz", "\(deb)_\(architecture).deb",
            ])
        let sums = try packed.run("cd dist && sha256sum --check --strict --quiet SHA256SUMS && wc -l <SHA256SUMS")
        #expect(sums.lines == ["3"], "\(sums.words)")
    }

    @Test func `the package depends on these libraries and nothing else`() throws {
        let depends = try #require(try packed.run("dpkg-deb --field dist/*.deb Depends").lines.first)
        #expect(
            depends.replacing(/\(>= 2\.[0-9]+\)/, with: "(>= 2.N)")
                == "libc6 (>= 2.N), libstdc++6, libgcc-s1, libcurl4, libssl3, ca-certificates")
    }

    @Test func `the package says of itself what Debian asks`() throws {
        let fields = try packed.run("dpkg-deb --field dist/*.deb").lines
        #expect(fields.contains("Package: activity-backfill"))
        #expect(fields.contains("Recommends: jq") && fields.contains("Suggests: gnuplot-nox"))
        #expect(fields.contains { $0.wholeMatch(of: /Version: 0\.1\.0\+[0-9a-f]{7}-trial/) != nil })
        #expect(fields.contains { $0.wholeMatch(of: /Installed-Size: [1-9][0-9]+/) != nil })
        #expect(
            try packed.run("dpkg-deb --ctrl-tarfile dist/*.deb | tar t | sort").lines == [
                "./", "./control", "./md5sums",
            ])
    }

    @Test func `the package has what scripts slash install installs, as Debian wants it`() throws {
        let entries = try packed.run("dpkg-deb --contents dist/*.deb").lines.map { $0.split(separator: " ") }
        #expect(entries.allSatisfy { $0[1] == "root/root" })
        #expect(entries.allSatisfy { ["drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"].contains($0[0]) })
        let files = Set(entries.filter { !$0[0].hasPrefix("d") }.map { String($0[5].dropFirst(2)) })

        let install = try packed.run("BACKFILL_BIN=bin clone/scripts/install --quiet --prefix /usr --destdir root")
        #expect(install.status == 0, "\(install.words)")
        let doc = "usr/share/doc/activity-backfill"
        let installed = try packed.run("cd root && find usr -type f -o -type l").lines.compactMap { file -> String? in
            switch file {
            case "usr/lib/activity-backfill/installed": nil
            case "\(doc)/CHANGELOG.md": "\(doc)/changelog.gz"
            case "\(doc)/LICENSE": "\(doc)/copyright"
            default: file.hasPrefix("usr/share/man/") ? "\(file).gz" : file
            }
        }
        #expect(files == Set(installed))
    }

    @Test func `each file that is unpacked has the sum that the package says`() throws {
        let unpacked = try packed.run(
            """
            dpkg-deb --extract dist/*.deb there && dpkg-deb --control dist/*.deb control
            (cd there && md5sum --check --strict --quiet ../control/md5sums) && wc -l <control/md5sums
            (cd there && find usr -type f | wc -l)
            """)
        #expect(unpacked.lines.count == 2 && unpacked.lines.first == unpacked.lines.last, "\(unpacked.words)")
    }

    @Test func `programs of this build run from the package and from the tarball, with the libraries it depends on`()
        throws
    {
        let packed = try PackagedClone(programs: PackagedClone.ofThisBuild)
        _ = try packed.run(
            """
            dpkg-deb --extract dist/*.deb package && mkdir tarball
            tar xzf dist/*-$(dpkg --print-architecture).tar.gz --strip-components=1 --directory tarball
            """)
        for bin in ["package/usr/bin", "tarball/bin"] {
            let event = try packed.run(
                "PATH=$PWD/\(bin):/usr/bin:/bin; backfill-activities --version; to-webhook --subscription-id 5",
                input: #"{"id":1,"athlete_id":7,"start_date":"2024-01-05T07:12:33Z"}"#)
            #expect(event.lines.first?.hasPrefix("backfill-activities 0.1.0") == true, "\(event.words)")
            #expect(event.lines.last?.contains(#""object_id":1,"#) == true, "\(event.words)")
        }
        #expect(
            try packed.run("grep -h ^ExecStart tarball/lib/systemd/system/*.service").lines.first?.contains(
                "/usr/local/bin/") == true)

        // The runtime of Swift, which a release has in itself, is all that a debug build needs besides.
        let unknown = try #require(packed.packing.words.firstMatch(of: /need (.*), which no package in Depends has/)).1
        #expect(
            unknown.split(separator: " ").allSatisfy { $0.hasPrefix("libswift") || $0.hasPrefix("libFoundation") },
            "\(unknown)")
        let wanted = try packed.run("dpkg-deb --field dist/*.deb Depends | grep -oE 'libc6 .>= [0-9.]+'").lines
        let asked = try packed.run("objdump -T bin/* | grep -oE 'GLIBC_[0-9.]+' | cut -d _ -f 2 | sort -Vu | tail -n 1")
            .lines
        #expect(wanted == asked.map { "libc6 (>= \($0)" })
    }

    @Test func `the build context has all that its Dockerfile copies, and installs the same package`() throws {
        let sources = try packed.run(
            """
            mkdir context && tar xzf dist/*-run-job.tar.gz --strip-components=1 --directory context
            cmp dist/*.deb context/activity-backfill.deb
            sed -n 's/^COPY //p' context/Dockerfile
            """)
        #expect(sources.status == 0 && !sources.lines.isEmpty, "\(sources.words)")
        for line in sources.lines {
            for source in line.split(separator: " ").dropLast() {
                #expect(try packed.run("test -e context/\(source)").status == 0, "\(source)")
            }
        }
        let entry = try packed.run(#"sed -nE 's/^ENTRYPOINT \["\/(.*)"\]/\1/p' context/Dockerfile"#)
        let command = try #require(entry.lines.first)
        #expect(try packed.run("dpkg-deb --contents dist/*.deb").lines.contains { $0.contains(" ./\(command) -> ") })
    }

    @Test func `the same commit gives the same bytes, whoever packs it, where and when`() throws {
        let one = try PackagedClone(programs: PackagedClone.small)
        let other = try PackagedClone(
            programs: PackagedClone.small, name: "elsewhere",
            change: "umask 077; chmod -R go= .; export TZ=Pacific/Auckland LC_ALL=C.UTF-8; touch README.md")
        for packing in [one.packing, other.packing] { try #require(packing.status == 0, "\(packing.words)") }
        let sums = try one.run("cd dist && sha256sum *").lines
        #expect(sums.count == 4)
        #expect(try other.run("cd dist && sha256sum *").lines == sums)
    }

    @Test func `what is not committed is packed on demand only, and named so`() throws {
        let refused = try PackagedClone(programs: PackagedClone.small, change: "touch new")
        #expect(refused.packing.status == 78)
        #expect(refused.packing.words.hasSuffix("differs from its commit; commit it, or give --allow-dirty\n"))
        #expect(try refused.run("ls dist").lines.isEmpty)
        let named = try PackagedClone(programs: PackagedClone.small, change: "touch new", options: "--allow-dirty")
        #expect(
            try named.run("ls dist").lines.filter { $0.contains("-dirty-trial") }.count == 3, "\(named.packing.words)")
    }

    @Test func `a folder without filters, or no place for temporary files, is told in one line, and nothing is made`()
        throws
    {
        let none = try PackagedClone(programs: "rmdir ../bin")
        #expect(none.packing.status == 78)
        #expect(
            none.packing.words == "package-functions: ../bin: no filters there: bq-missing is missing; see --help\n")
        let one = try PackagedClone(programs: "cp /usr/bin/true bq-missing")
        #expect(one.packing.words == "package-functions: ../bin: no filters there: bq-fetch is missing; see --help\n")
        let full = try PackagedClone(programs: PackagedClone.small, change: "export TMPDIR=/nonexistent")
        #expect(full.packing.status == 74)
        #expect(
            full.packing.words
                == "package-functions: /nonexistent: no folder can be made in it; set TMPDIR to one where it can\n")
        for packed in [none, one, full] { #expect(try packed.run("ls dist").lines.isEmpty) }
    }
}
