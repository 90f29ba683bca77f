import Foundation
import TestSupport

/// A clone with one commit of all that is packed, and what package-functions.sh made of it.
///
/// A clone of its own, so that a test does not depend on what is not committed in this one.
struct PackagedClone {
    let folder: TemporaryFolder
    /// How package-functions.sh ended.
    let packing: Run

    /// - Parameters:
    ///   - programs: A shell line that fills the folder `bin` with the filters to pack.
    ///   - name: Of the clone's folder.
    ///   - change: A shell line that is run in the clone before.
    ///   - options: Of package-functions.sh besides.
    init(programs: String, name: String = "clone", change: String = ":", options: String = "") throws {
        folder = try TemporaryFolder()
        packing = try PackagedClone.run(
            """
            set -e
            mkdir bin \(name) && cd \(name) && mkdir -p Sources/FilterKit
            cp -R "$clone"/{scripts,man,contrib,environments,schemas,README.md,CHANGELOG.md,LICENSE,.gitignore} .
            [[ ! -d $clone/completions ]] || cp -R "$clone/completions" .
            cp "$clone/Sources/FilterKit/Version.swift" Sources/FilterKit
            git init -q . && git add . && git commit -qm first
            (cd ../bin && \(programs))
            \(change)
            BACKFILL_BIN=../bin scripts/operations/package-functions.sh --output ../dist \(options)
            """, in: folder)
    }

    /// Small ones, where it does not matter what they do.
    static let small = #"for name in $filters; do cp /usr/bin/true "$name"; done"#
    /// Two of this build among them, without what only a debugger reads: it takes long to compress them all.
    static let ofThisBuild = #"\#(small); for name in to-webhook replay; do strip -o "$name" "$programs/$name"; done"#

    /// Types a line into a shell, beside the clone; the package is `dist/*.deb`.
    func run(_ line: String, input: String = "") throws -> Run {
        try PackagedClone.run(line, input: input, in: folder)
    }

    private static func run(_ line: String, input: String = "", in folder: TemporaryFolder) throws -> Run {
        var environment = [
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "clone": Run.clone.path,
            "programs": Run.programs.path, "filters": "bq-missing bq-fetch to-webhook replay export-fixture",
            "BACKFILL_BIN": "", "HOME": folder.url.path,
        ]
        for (key, value) in ["NAME": "a", "EMAIL": "a@example.com", "DATE": "1700000000 +0000"] {
            environment["GIT_AUTHOR_\(key)"] = value
            environment["GIT_COMMITTER_\(key)"] = value
        }
        return try Run(shell: line, input: Data(input.utf8), environment: environment, in: folder.url)
    }
}
