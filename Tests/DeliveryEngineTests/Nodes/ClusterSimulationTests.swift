import Foundation
import TestSupport
import Testing

@testable import DeliveryEngine

/// Of the same environment as `SimulationTests`: `DATA_CONNECTOR_SEEDS=100000` tries more seeds, `DATA_CONNECTOR_SEED=17`
/// tells the story of one.
@Suite("Whatever happens to several nodes, nothing is lost, stalls, or arrives twice uncounted", .computing)
struct ClusterSimulationTests {
    private static let shares = 4
    private static let seeds = SimulationSeeds.wanted ?? 0..<200

    @Test("a seed's cluster comes to a good end", arguments: 0..<shares)
    func seeds(_ share: Int) throws {
        if let one = SimulationSeeds.one {
            if share == 0 { print(Self.story(of: one)) }
            return
        }
        var failed: [UInt64] = []
        for seed in stride(from: Self.seeds.lowerBound + share, to: Self.seeds.upperBound, by: Self.shares) {
            let cluster = SimulatedCluster(seed: UInt64(seed))
            cluster.run()
            if cluster.fault != nil { failed.append(cluster.seed) }
            if failed.count >= 3 { break }
        }
        if let first = failed.first { Issue.record("seeds \(failed) failed\n\(Self.story(of: first))") }
    }

    @Test("a journal that does not do its part is found out", arguments: SimulatedDatabase.Defect.allCases)
    func defects(_ defect: SimulatedDatabase.Defect) {
        let found = (SimulationSeeds.wanted ?? 0..<2000).first { seed in
            let cluster = SimulatedCluster(seed: UInt64(seed), defect)
            cluster.run()
            return cluster.fault != nil
        }
        #expect(found != nil, "\(defect)")
    }

    private static func story(of seed: UInt64) -> String {
        let cluster = SimulatedCluster(seed: seed, isTelling: true)
        cluster.run()
        return (["Seed \(seed): \(cluster.fault ?? "a good end") after \(cluster.steps) steps"] + cluster.story)
            .joined(separator: "\n")
    }
}
