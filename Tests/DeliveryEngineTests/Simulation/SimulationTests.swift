import TestSupport
import Testing

@testable import DeliveryEngine

/// `DATA_CONNECTOR_SEEDS=100000 swift test --filter SimulationTests` tries more seeds, `DATA_CONNECTOR_SEEDS=2000-9000`
/// those from 2,000 to 8,999, and `DATA_CONNECTOR_SEED=17` tells the story of one.
@Suite("Whatever happens, nothing is lost, stalls or is counted wrong", .computing)
struct SimulationTests {
    private static let shares = 4
    private static let seeds = SimulationSeeds.wanted ?? 0..<2000

    @Test("a seed's world comes to a good end", arguments: 0..<shares)
    func seeds(_ share: Int) throws {
        if let one = SimulationSeeds.one {
            if share == 0 { print(Self.story(of: one)) }
            return
        }
        var failed: [UInt64] = []
        for seed in stride(from: Self.seeds.lowerBound + share, to: Self.seeds.upperBound, by: Self.shares) {
            let world = SimulatedWorld(seed: UInt64(seed))
            world.run()
            if world.fault != nil { failed.append(world.seed) }
            if failed.count >= 3 { break }
        }
        if let first = failed.first { Issue.record("seeds \(failed) failed\n\(Self.story(of: first))") }
    }

    private static func story(of seed: UInt64) -> String {
        let world = SimulatedWorld(seed: seed, isTelling: true)
        world.run()
        return (["Seed \(seed): \(world.fault ?? "a good end") after \(world.steps) steps"] + world.story)
            .joined(separator: "\n")
    }
}
