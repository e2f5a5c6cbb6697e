import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

@testable import DeliveryEngine

/// The whole core on virtual time: the real scheduler and token machine, with a simulated API, store, source and
/// operator around them, all driven by one seed. One thread; nothing waits.
final class SimulatedWorld: Simulation {
    let plan: SimulationPlan
    let store = SimulatedStore()
    var watch = SimulationWatch()
    let clients = SimulatedClients()
    var api = SimulatedAPI()
    /// The running process; another one after each crash.
    var process: SimulatedProcess!
    var processes = 0
    /// When records may leave; of the process that works now.
    var window: SendWindow?
    /// Everything is healthy from then on, and the operator only continues what rests.
    let healsAt: Double
    var isHealthy: Bool { time >= healsAt }
    /// Seconds in which a healthy API, a healthy disk and nobody's help bring everything to its end that rests with
    /// nobody.
    var patience: Double { plan.dailyLimit.map { Double(2000 / $0 + 5) * 86_400 } ?? 7200 }

    /// A clock that waits for midnight is looked at twice a minute.
    private var mostSteps: Int { plan.dailyLimit == nil ? 200_000 : 400_000 }

    /// When each process before the present one came to its end.
    var processEnds: [Int: Double] = [:]
    /// Whether everything has been healthy for long.
    var hasBeenPatient = false

    init(seed: UInt64, isTelling: Bool = false) {
        var random = SeededGenerator(seed: seed)
        plan = SimulationPlan(&random)
        healsAt = plan.troubleSeconds
        super.init(seed: seed, random: random, isTelling: isTelling)
    }

    override func run() {
        process = SimulatedProcess(self)
        process.begin()
        SimulatedOperator(self).begin()
        while fault == nil, step() {
            if fault == nil { checkStep() }
            if isHealthy, steps % 8 == 0, store.isEverythingDone, process.isAtRest, !process.isTroubled { break }
            if time > healsAt + 2 * patience {
                fail("stalled: \(store.openStory) \(2 * patience) s after everything was healthy again")
            }
            if steps > mostSteps { fail("\(mostSteps) steps and no end: something spins. \(store.openStory)") }
        }
        if fault == nil { checkEnd() }
    }
}

/// What a seed's world is like.
struct SimulationPlan {
    var isService: Bool
    var attempts: Int
    var giveUpAfter: Double?
    var concurrency: Int
    var rate: Int?
    var troubleSeconds: Double
    /// Shares of moments that bring trouble of a kind.
    var crashes: Double
    var storeFaults: Double
    var slowCommits: Double
    var operatorEvery: Double
    var weatherEvery: Double
    /// Share of records that the API refuses whatever happens.
    var refusedRecords: Double
    /// Share of records that the API can't handle.
    var breakingRecords: Double
    var lagsOfReader: Bool
    var longestFile: Int
    var openSources: Int
    /// Closed at first, or closes after a while and opens again.
    var window: SendWindow?
    /// Records a day; a new one begins after sixteen hours.
    var dailyLimit: Int?
    /// How many single records a run takes, and how many of all are kept in memory; `nil`: as many as ever.
    var submissionLimits: (run: Int, memory: Int)?
    /// Whether what files deliver enters a list.
    var keepsList: Bool

    init(_ random: inout SeededGenerator) {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        isService = chance(0.6)
        attempts = Int.random(in: 1...5, using: &random)
        giveUpAfter = !isService && chance(0.5) ? 20 : nil
        concurrency = [1, 2, 4, 16].randomElement(using: &random) ?? 4
        rate = chance(0.25) ? Int.random(in: 3...60, using: &random) : nil
        troubleSeconds = Double.random(in: 2...40, using: &random)
        crashes = chance(0.5) ? Double.random(in: 0.01...0.15, using: &random) : 0
        storeFaults = chance(0.3) ? 0.1 : 0
        slowCommits = chance(0.4) ? 0.1 : 0
        operatorEvery = Double.random(in: 0.2...3, using: &random)
        weatherEvery = Double.random(in: 0.3...5, using: &random)
        refusedRecords = chance(0.4) ? 0.1 : 0
        breakingRecords = chance(0.1) ? 0.02 : 0
        lagsOfReader = chance(0.3)
        openSources = Int.random(in: 1...3, using: &random)
        longestFile = chance(0.1) ? 120 : 24
        let hours = chance(0.5) ? "08:00-07:00" : "08:01-08:00"
        window = chance(0.03) ? SendWindow(argument: hours + "@UTC") : nil
        dailyLimit = chance(0.02) ? Int.random(in: 20...200, using: &random) : nil
        submissionLimits = chance(0.3) ? (.random(in: 2...8, using: &random), .random(in: 1...12, using: &random)) : nil
        keepsList = chance(0.3)
    }
}
