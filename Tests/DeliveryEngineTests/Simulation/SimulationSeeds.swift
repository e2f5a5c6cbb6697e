import Foundation

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
}
