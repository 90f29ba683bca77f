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

// A library has the tests of its own name; an arrow that is not here does not exist.
let package = Package(
    name: "activity-backfill",
    products: ["bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"].map {
        .executable(name: $0, targets: [$0])
    },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CSystem"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        .target(name: "NDJSON", dependencies: [], swiftSettings: settings),
        .target(name: "HTTP", dependencies: ["CCurl"], swiftSettings: settings),
        .target(name: "Files", dependencies: ["CSystem"], swiftSettings: settings),
        .target(name: "BigQuery", dependencies: ["HTTP", "NDJSON"], swiftSettings: settings),
        .target(name: "Strava", dependencies: ["NDJSON"], swiftSettings: settings),
        .target(name: "Delivery", dependencies: ["HTTP", "NDJSON", "Files"], swiftSettings: settings),
        .target(
            name: "FilterKit", dependencies: ["NDJSON", "Files", "CSystem", argumentParser], swiftSettings: settings),

        .executableTarget(
            name: "bq-missing", dependencies: ["FilterKit", "BigQuery", "HTTP", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "bq-fetch", dependencies: ["FilterKit", "BigQuery", "HTTP", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "to-webhook", dependencies: ["FilterKit", "Strava", argumentParser], swiftSettings: settings),
        .executableTarget(
            name: "replay", dependencies: ["FilterKit", "Delivery", "HTTP", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "export-fixture", dependencies: ["FilterKit", "NDJSON", "Files", argumentParser],
            swiftSettings: settings),

        .testTarget(name: "NDJSONTests", dependencies: ["NDJSON"], swiftSettings: settings),
    ]
)
