// swift-tools-version: 6.2

import PackageDescription

/// One language for every target: Swift 6, each warning an error, each import and each existential spelled out.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let filters = ["bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// All that a filter parses its options with, and what it alone needs.
func filter(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: ["FilterKit", argumentParser] + dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// What tests have in common.
func testLibrary(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

/// The commit that `--version` names. Only `scripts/development/build-release` tells it, since SwiftPM evaluates this file
/// once and would keep the commit of that time; a change of the environment it notices. No commit is better than a wrong one.
let commit = Context.environment["ACTIVITY_BACKFILL_COMMIT"] ?? ""

/// The program that `scripts/fuzz` builds: it takes libFuzzer to link, so that no other build may see it.
let fuzzer: [Target] =
    Context.environment["ACTIVITY_BACKFILL_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzProperties"], path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries"],
            swiftSettings: settings)
    ]

let package = Package(
    name: "activity-backfill",
    products: filters.map { .executable(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    // In the order of the arrows: a target depends only on what stands above it, and on nothing that is not named.
    targets: [
        .systemLibrary(name: "CSystem"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CVersion", cSettings: [.define("ACTIVITY_BACKFILL_COMMIT", to: "\"\(commit)\"")]),

        library("NDJSON"),
        library("Hashing", ["CCrypto"]),
        library("HTTP", ["CCurl"]),
        library("GoogleAuth", ["HTTP", "NDJSON", "CCrypto"]),
        library("Files", ["CSystem"]),
        library("BigQuery", ["HTTP", "NDJSON"]),
        library("Strava", ["NDJSON"]),
        library("Delivery", ["HTTP", "NDJSON", "Files", "Hashing"]),
        library("FilterKit", ["NDJSON", "Files", "CSystem", "CVersion", argumentParser]),
        library("GoogleAuthFilter", ["FilterKit", "GoogleAuth", "HTTP", "Files", "NDJSON"]),
        library(
            "BigQueryFilter",
            ["FilterKit", "GoogleAuthFilter", "BigQuery", "HTTP", "Files", "NDJSON", argumentParser]),

        filter("bq-missing", ["BigQueryFilter", "BigQuery", "Files", "NDJSON"]),
        filter("bq-fetch", ["BigQueryFilter", "BigQuery"]),
        filter("to-webhook", ["Strava"]),
        filter("replay", ["GoogleAuthFilter", "Delivery", "HTTP", "NDJSON"]),
        filter("export-fixture", ["NDJSON", "Files", "Hashing"]),

        // What scripts/benchmark compares with simdjson: decoding, and nothing else.
        .executableTarget(
            name: "decode-pages", dependencies: ["BigQuery", "NDJSON"], path: "scripts/benchmarks/decode-pages",
            swiftSettings: settings),

        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        testLibrary("TestServer"),
        testLibrary("TestSupport", ["CSpawn"]),
        testLibrary("FuzzProperties", ["NDJSON", "Delivery"]),

        tests(
            "NDJSONTests", ["NDJSON", "FuzzProperties", "TestSupport"],
            exclude: ["Corpus", "make-timestamps", "timestamps.tsv"]),
        tests("HashingTests", ["Hashing"]),
        tests("HTTPTests", ["HTTP", "TestServer"]),
        tests("GoogleAuthTests", ["GoogleAuth", "HTTP", "NDJSON", "CCrypto", "TestServer"]),
        tests("FilesTests", ["Files"]),
        tests("BigQueryTests", ["BigQuery", "HTTP", "NDJSON", "TestServer", "TestSupport"], exclude: ["Types"]),
        tests("StravaTests", ["Strava", "NDJSON", "TestSupport"]),
        tests("DeliveryTests", ["Delivery", "HTTP", "NDJSON", "Files", "TestServer", "TestSupport"]),
        tests("FuzzTests", ["FuzzProperties", "TestSupport"]),
        tests("FilterKitTests", ["FilterKit", "NDJSON", "TestSupport"]),
        tests("GoogleAuthFilterTests", ["GoogleAuthFilter", "GoogleAuth", "FilterKit", "HTTP", "NDJSON"]),
        tests("BigQueryFilterTests", ["BigQueryFilter", "BigQuery", "FilterKit", "HTTP", "NDJSON"]),
        tests("BqMissingTests", ["bq-missing", "BigQueryFilter", "BigQuery", "NDJSON", argumentParser]),
        tests(
            "BqFetchTests",
            ["bq-fetch", "BigQueryFilter", "BigQuery", "HTTP", "NDJSON", "TestServer", "TestSupport", argumentParser]),
        tests("ToWebhookTests", ["to-webhook"]),
        tests(
            "ExportFixtureTests", ["export-fixture", "NDJSON", "Files", "Hashing", "FilterKit", "TestSupport"]),
        tests("ReplayTests", ["replay", "TestServer", "TestSupport"]),
        tests("GoldenTests", ["TestSupport"] + filters.map { .byName(name: $0) }, exclude: ["Golden"]),
        tests("ScriptsTests", ["TestServer", "TestSupport"] + filters.map { .byName(name: $0) }, exclude: ["StandIn"]),
        tests("CompletionTests", ["TestSupport"] + filters.map { .byName(name: $0) }, exclude: ["complete-in-zsh"]),
        tests("PackageTests", ["TestSupport"] + filters.map { .byName(name: $0) }),
        tests("EndToEndTests", ["TestSupport"] + filters.map { .byName(name: $0) }, exclude: ["StateDirectory"]),
    ] + fuzzer
)
