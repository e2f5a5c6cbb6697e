import Foundation
import TestSupport
import Testing

@testable import DeliveryEngine

/// Of the same environment as `SimulationTests`: `DATA_CONNECTOR_SEEDS=100000` tries more seeds, `DATA_CONNECTOR_SEED=17`
/// tells the story of one.
@Suite("Whatever happens to several nodes, nothing is lost, stalls, or arrives twice uncounted", .computing)
struct ClusterSimulationTests {
    private static let standard = 0..<200

    @Test("a seed's cluster comes to a good end", arguments: 0..<SimulationSeeds.shares)
    func seeds(_ share: Int) {
        SimulationSeeds.tryAll(share: share, standard: Self.standard) { SimulatedCluster(seed: $0, isTelling: $1) }
    }

    @Test("a journal that does not do its part is found out", arguments: SimulatedDatabase.Defect.allCases)
    func defects(_ defect: SimulatedDatabase.Defect) {
        // Among these, each of them shows within the first dozens.
        let found = (SimulationSeeds.wanted ?? 31_000..<33_000).first { seed in
            let cluster = SimulatedCluster(seed: UInt64(seed), defect)
            cluster.run()
            return cluster.fault != nil
        }
        #expect(found != nil, "\(defect)")
    }
}
