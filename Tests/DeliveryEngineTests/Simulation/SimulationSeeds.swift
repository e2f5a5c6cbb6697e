import Foundation
import Testing

/// Which seeds the environment asks a simulation for.
enum SimulationSeeds {
    private static let environment = ProcessInfo.processInfo.environment

    /// The one whose story is wanted.
    static let one = environment["DATA_CONNECTOR_SEED"].flatMap { UInt64($0) }

    /// More of them than ever, or others.
    static let wanted: Range<Int>? = {
        guard let bounds = environment["DATA_CONNECTOR_SEEDS"]?.split(separator: "-").map({ Int($0) }),
            let last = bounds.last ?? nil
        else { return nil }
        let first = bounds.count == 2 ? bounds[0] ?? 0 : 0
        return first < last ? first..<last : nil
    }()

    /// Tests that divide the seeds among them, so that all cores work.
    static let shares = 4

    /// Tries one share of the seeds; a test that fails tells the story of the first that came to no good end.
    /// - Parameters:
    ///   - standard: the seeds that are tried when the environment asks for no others.
    ///   - make: the simulation of a seed.
    static func tryAll(
        share: Int, standard: Range<Int>, _ make: (_ seed: UInt64, _ isTelling: Bool) -> Simulation
    ) {
        if let one {
            if share == 0 { print(story(of: one, make)) }
            return
        }
        let seeds = wanted ?? standard
        var failed: [UInt64] = []
        for seed in stride(from: seeds.lowerBound + share, to: seeds.upperBound, by: shares) {
            let simulation = make(UInt64(seed), false)
            simulation.run()
            simulation.end()
            if simulation.fault != nil { failed.append(simulation.seed) }
            if failed.count >= 3 { break }
        }
        if let first = failed.first { Issue.record("seeds \(failed) failed\n\(story(of: first, make))") }
    }

    private static func story(
        of seed: UInt64, _ make: (_ seed: UInt64, _ isTelling: Bool) -> Simulation
    ) -> String {
        let simulation = make(seed, true)
        simulation.run()
        let end = "Seed \(seed): \(simulation.fault ?? "a good end") after \(simulation.steps) steps"
        return ([end] + simulation.story).joined(separator: "\n")
    }
}
