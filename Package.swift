// swift-tools-version: 6.1
import PackageDescription

// This pass of Swift 6.3 drops hops back to the caller's actor from nonisolated(nonsending) functions: optimized actor
// code would continue on any thread, concurrently with the same actor.
let hopsAreKept = ["-Xllvm", "-sil-disable-pass=optimize-hop-to-executor"]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(hopsAreKept, .when(configuration: .release)),
]

// What the tests try a million times over is optimized in debug builds, too, so that they come to an end within minutes.
let computing = settings + [.unsafeFlags(["-O"] + hopsAreKept, .when(configuration: .debug))]

// Products of other packages, by the name that stands in an import.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundation: Target.Dependency = .product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "data-connector",
    products: [
        .executable(name: "data-connector", targets: ["data-connector"])
    ],
    traits: [
        .trait(name: "PostgreSQL", description: "A journal in PostgreSQL that several nodes share; needs libpq.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .executableTarget(name: "data-connector", dependencies: ["ConnectorCommands"], swiftSettings: settings),

        .target(
            name: "ConnectorCommands",
            dependencies: [
                "CMalloc", "CustomerRecords", "DeliveryEngine", "DeliveryJournal", "DeliveryModel", "DeliveryStore",
                "DropFolder", "HTTPListener", "RunHooks", "SharedJournal", "ShowAdsAPI", "ShowAdsSandbox",
                "TerminalKit",
                "TerminalUI", argumentParser, asyncHTTPClient, configuration, logging, nioCore, nioHTTP1,
                unixSignals, systemPackage,
            ], swiftSettings: settings),

        .target(name: "CMalloc"),

        // Faces
        .target(
            name: "TerminalUI", dependencies: ["CNcurses", "CustomerRecords", "DeliveryModel", "TerminalKit"],
            swiftSettings: settings),
        .target(name: "TerminalKit", dependencies: ["CNcurses"], swiftSettings: settings),
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "HTTPListener",
            dependencies: [
                "CustomerRecords", "DeliveryModel", "EventLoopTasks", crypto, hummingbirdCore, logging, nioCore,
                nioFoundation, nioHTTP1, nioPosix, nioSSL, systemPackage,
            ],
            resources: [.embedInCode("Resources")], swiftSettings: settings),

        // Unattended work
        .target(
            name: "DropFolder", dependencies: ["CFileSystem", "DeliveryModel", "DurableFiles", logging, systemPackage],
            swiftSettings: settings),
        .target(name: "CFileSystem"),
        .target(name: "DurableFiles", dependencies: [systemPackage], swiftSettings: settings),
        .target(
            name: "RunHooks",
            dependencies: [
                asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioPosix, subprocess, systemPackage,
            ],
            swiftSettings: settings),

        // Core
        .target(
            name: "DeliveryEngine",
            dependencies: [
                "CustomerRecords", "DeliveryModel", "DeliveryStore", "DurableFiles", "ShowAdsAPI", histogram, logging,
                nioCore, systemPackage,
            ], swiftSettings: computing),
        .target(
            name: "DeliveryJournal",
            dependencies: ["CustomerRecords", "DeliveryModel", "DeliveryStore", "DurableFiles", grdb, systemPackage],
            swiftSettings: settings),
        // Without the trait there is only what needs no database.
        .target(
            name: "SharedJournal",
            dependencies: [
                "CPostgreSQL", "CustomerRecords", "DeliveryModel", "DeliveryStore", "DurableFiles", crypto, logging,
                systemPackage,
            ],
            swiftSettings: computing),
        .target(name: "CPostgreSQL", linkerSettings: [.linkedLibrary("pq", .when(traits: ["PostgreSQL"]))]),
        .target(
            name: "DeliveryStore", dependencies: ["CustomerRecords", "DeliveryModel", systemPackage],
            swiftSettings: computing),
        .target(
            name: "ShowAdsAPI",
            dependencies: [
                "DeliveryModel", "EventLoopTasks", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: settings),
        .target(name: "EventLoopTasks", dependencies: [nioCore], swiftSettings: settings),
        .target(name: "DeliveryModel", dependencies: ["CustomerRecords"], swiftSettings: computing),
        .target(
            name: "CustomerRecords", dependencies: ["CDecoders", nioCore, systemPackage], swiftSettings: computing),
        .target(name: "CDecoders", linkerSettings: [.linkedLibrary("z")]),

        .target(
            name: "ShowAdsSandbox", dependencies: ["DeliveryModel", hummingbird, logging, nioCore],
            swiftSettings: settings),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["ShowAdsAPI", "ShowAdsSandbox"], path: "Tests/TestSupport",
            swiftSettings: settings),
        .target(
            name: "StoreTestSupport",
            dependencies: [
                "CPostgreSQL", "CustomerRecords", "DeliveryJournal", "DeliveryModel", "DeliveryStore", "SharedJournal",
                systemPackage,
            ],
            path: "Tests/StoreTestSupport", swiftSettings: computing),
        .testTarget(
            name: "CustomerRecordsTests",
            dependencies: ["CustomerRecords", "TestSupport", nioCore, systemPackage], swiftSettings: computing),
        .testTarget(
            name: "ShowAdsAPITests",
            dependencies: [
                "DeliveryModel", "ShowAdsAPI", "ShowAdsSandbox", "TestSupport", asyncHTTPClient, nioCore, nioHTTP1,
                nioPosix, nioSSL,
            ], swiftSettings: settings),
        .testTarget(
            name: "DeliveryJournalTests",
            dependencies: [
                "CustomerRecords", "DeliveryJournal", "DeliveryModel", "DeliveryStore", "StoreTestSupport",
                "TestSupport", grdb, systemPackage,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SharedJournalTests",
            dependencies: [
                "CustomerRecords", "DeliveryJournal", "DeliveryModel", "DeliveryStore", "SharedJournal",
                "StoreTestSupport", "TestSupport", logging, systemPackage,
            ],
            swiftSettings: computing),
        .testTarget(
            name: "DeliveryStoreTests",
            dependencies: ["CustomerRecords", "DeliveryModel", "DeliveryStore", "StoreTestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "DeliveryEngineTests",
            dependencies: [
                "CustomerRecords", "DeliveryEngine", "DeliveryJournal", "DeliveryModel", "DeliveryStore",
                "SharedJournal", "ShowAdsAPI", "StoreTestSupport", "TestSupport", logging, systemPackage,
            ], swiftSettings: computing),
        .testTarget(
            name: "HTTPListenerTests",
            dependencies: [
                "CustomerRecords", "DeliveryModel", "HTTPListener", "TestSupport", asyncHTTPClient, logging, nioCore,
                nioEmbedded, nioHTTP1, nioPosix, nioSSL,
            ], swiftSettings: settings),
        .testTarget(
            name: "DurableFilesTests", dependencies: ["DurableFiles", systemPackage], swiftSettings: settings),
        .testTarget(
            name: "DropFolderTests",
            dependencies: ["DeliveryModel", "DropFolder", "TestSupport", logging, systemPackage],
            swiftSettings: settings),
        .testTarget(
            name: "RunHooksTests",
            dependencies: ["RunHooks", "TestSupport", logging, nioCore, nioHTTP1, nioPosix, systemPackage],
            swiftSettings: settings),
        .testTarget(
            name: "TerminalUITests",
            dependencies: ["CNcurses", "CustomerRecords", "DeliveryModel", "TerminalKit", "TerminalUI", "TestSupport"],
            exclude: ["Goldens"], swiftSettings: settings),
        .testTarget(
            name: "ConnectorCommandsTests",
            dependencies: [
                "ConnectorCommands", "CustomerRecords", "DeliveryJournal", "DeliveryModel", "DeliveryStore",
                "HTTPListener", "StoreTestSupport", argumentParser, systemPackage,
            ], swiftSettings: settings),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "data-connector", "DeliveryModel", "ShowAdsSandbox", "TestSupport", asyncHTTPClient, nioCore, nioHTTP1,
                subprocess,
                systemPackage,
            ],
            swiftSettings: settings),
    ]
)

// The suites of the journal that nodes share, when they are all that a build is for.
if Context.environment["DATA_CONNECTOR_TESTS"] == "nodes" {
    let kept = ["DeliveryStoreTests", "SharedJournalTests"]
    package.targets.removeAll { $0.type == .test && !kept.contains($0.name) }
}

// Benchmarks take a library that nothing else needs, so they are there only when they are asked for.
if Context.environment["DATA_CONNECTOR_BENCHMARKS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    func benchmarks(_ name: String, of dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies + [.product(name: "Benchmark", package: "benchmark")],
            path: "Tests/Benchmarks/\(name)", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    }
    package.targets += [
        benchmarks("RecordBenchmarks", of: ["CustomerRecords"]),
        benchmarks(
            "JournalBenchmarks",
            of: ["CustomerRecords", "DeliveryJournal", "DeliveryModel", "DeliveryStore", systemPackage]),
        benchmarks(
            "DeliveryBenchmarks",
            of: [
                "CustomerRecords", "DeliveryEngine", "DeliveryJournal", "DeliveryModel", "DeliveryStore", "ShowAdsAPI",
                logging, nioCore, nioHTTP1, nioPosix, systemPackage,
            ]),
    ]
}
