import DeliveryModel

/// What a seed's cluster is like.
struct ClusterPlan {
    var nodes: Int
    var lease: Duration
    var attempts: Int
    var concurrency: Int
    var rate: Int?
    var troubleSeconds: Double
    var troubleEvery: Double
    /// Nothing but nodes that are told to end and begin again.
    var isRolling: Bool
    var kills: Bool
    var stops: Bool
    var partitions: Bool
    var outages: Bool
    var clockJumps: Bool
    var badWeather: Bool
    var operates: Bool
    var wrongKeys: Bool
    var submits: Bool
    var retries: Bool
    /// An asynchronous standby takes over.
    var failovers: Bool
    var lostAnswers: Double
    var slowDatabase: Double
    var refusedRecords: Double
    var longestFile: Int

    init(_ random: inout SeededGenerator) {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        nodes = Int.random(in: 2...3, using: &random)
        lease = .seconds(Int.random(in: 5...15, using: &random))
        attempts = Int.random(in: 2...5, using: &random)
        concurrency = [1, 2, 4, 16].randomElement(using: &random) ?? 4
        rate = chance(0.25) ? Int.random(in: 3...60, using: &random) : nil
        troubleSeconds = Double.random(in: 20...150, using: &random)
        troubleEvery = Double.random(in: 1...12, using: &random)
        isRolling = chance(0.1)
        let isRolling = isRolling
        func trouble(_ share: Double) -> Bool { chance(share) && !isRolling }
        kills = trouble(0.6)
        stops = trouble(0.6)
        partitions = trouble(0.5)
        outages = trouble(0.4)
        clockJumps = trouble(0.3)
        badWeather = trouble(0.5)
        operates = trouble(0.4)
        wrongKeys = trouble(0.3)
        lostAnswers = trouble(0.4) ? 0.05 : 0
        slowDatabase = trouble(0.3) ? 0.05 : 0
        refusedRecords = trouble(0.3) ? 0.1 : 0
        longestFile = chance(0.3) ? 200 : 40
        submits = chance(0.5)
        retries = chance(0.5)
        failovers = trouble(0.25)
    }
}
