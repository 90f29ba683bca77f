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
        .target(name: "Files", dependencies: [], swiftSettings: settings),
        .target(name: "BigQuery", dependencies: ["HTTP", "NDJSON"], swiftSettings: settings),
        .target(name: "Strava", dependencies: ["NDJSON"], swiftSettings: settings),
        .target(name: "Delivery", dependencies: ["HTTP", "NDJSON", "Files"], swiftSettings: settings),
        .target(
            name: "FilterKit", dependencies: ["NDJSON", "Files", "CSystem", argumentParser], swiftSettings: settings),

        .target(
            name: "BigQueryFilter", dependencies: ["FilterKit", "BigQuery", "HTTP", "Files", "NDJSON", argumentParser],
            swiftSettings: settings),

        .executableTarget(
            name: "bq-missing", dependencies: ["BigQueryFilter", "FilterKit", "BigQuery", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "bq-fetch", dependencies: ["BigQueryFilter", "FilterKit", "BigQuery", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "to-webhook", dependencies: ["FilterKit", "Strava", argumentParser], swiftSettings: settings),
        .executableTarget(
            name: "replay", dependencies: ["FilterKit", "Delivery", "HTTP", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "export-fixture", dependencies: ["FilterKit", "NDJSON", "Files", argumentParser],
            swiftSettings: settings),

        .testTarget(name: "StravaTests", dependencies: ["Strava", "NDJSON"], swiftSettings: settings),
        .testTarget(name: "FilterKitTests", dependencies: ["FilterKit", "NDJSON"], swiftSettings: settings),
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(name: "TestSupport", dependencies: ["CSpawn"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "GoldenTests",
            dependencies: ["TestSupport", "bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"],
            exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"],
            swiftSettings: settings),
        .target(name: "TestServer", path: "Tests/TestServer", swiftSettings: settings),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestServer"], swiftSettings: settings),
        .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: settings),
        .testTarget(
            name: "DeliveryTests",
            dependencies: ["Delivery", "HTTP", "NDJSON", "Files", "TestServer", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "BigQueryTests", dependencies: ["BigQuery", "HTTP", "NDJSON", "TestServer"], swiftSettings: settings),
        .testTarget(
            name: "BigQueryFilterTests", dependencies: ["BigQueryFilter", "BigQuery", "FilterKit", "HTTP", "NDJSON"],
            swiftSettings: settings),
        .testTarget(
            name: "BqMissingTests",
            dependencies: ["bq-missing", "BigQueryFilter", "BigQuery", "NDJSON", argumentParser],
            swiftSettings: settings),
        .testTarget(
            name: "BqFetchTests",
            dependencies: ["bq-fetch", "BigQueryFilter", "BigQuery", "HTTP", "NDJSON", "TestServer", argumentParser],
            swiftSettings: settings),
        .testTarget(
            name: "ReplayTests", dependencies: ["replay", "TestServer", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "NDJSONTests", dependencies: ["NDJSON"], swiftSettings: settings),
    ]
)
