import TestSupport
import Testing

@testable import DeliveryEngine

/// `DATA_CONNECTOR_SEEDS=100000 swift test --filter SimulationTests` tries more seeds, `DATA_CONNECTOR_SEEDS=2000-9000`
/// those from 2,000 to 8,999, and `DATA_CONNECTOR_SEED=17` tells the story of one.
@Suite("Whatever happens, nothing is lost, stalls or is counted wrong", .computing)
struct SimulationTests {
    @Test("a seed's world comes to a good end", arguments: 0..<SimulationSeeds.shares)
    func seeds(_ share: Int) {
        SimulationSeeds.tryAll(share: share, standard: 0..<2000) { SimulatedWorld(seed: $0, isTelling: $1) }
    }
}
