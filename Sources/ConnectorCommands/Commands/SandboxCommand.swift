import ArgumentParser
import DeliveryModel
import Foundation
import ShowAdsSandbox
import UnixSignals

/// `data-connector sandbox`: a simulated ShowAds API to try things against.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a simulated ShowAds API on this machine.",
        discussion: """
            By default it behaves like an API on an ordinary day: 450 to 750 ms of latency, 4 requests per second, an \
            error in one of eight. With any option that sets a fault, only those that are set occur. Cookies that begin \
            with refuse- are refused. Faults can be changed while it runs: POST a JSON object with the options' names \
            and underscores, such as {"error_rate": 0.5, "rate_limit": 10}, to /__faults. GET /__stats shows what was \
            delivered.
            """)

    @Option(help: ArgumentHelp("Port on 127.0.0.1; 0 picks a free one.", valueName: "port"))
    var port = 9900

    @Option(help: ArgumentHelp("Delay before every response, in milliseconds.", valueName: "ms"))
    var latency: Double?

    @Option(help: ArgumentHelp("Random extra delay, up to this many milliseconds.", valueName: "ms"))
    var jitter: Double?

    @Option(help: ArgumentHelp("Share of requests that get a 500, 0…1.", valueName: "share"))
    var errorRate: Double?

    @Option(help: ArgumentHelp("Requests per second before 429.", valueName: "n"))
    var rateLimit: Double?

    @Option(help: ArgumentHelp("Seconds in the Retry-After header of a 429.", valueName: "seconds"))
    var retryAfter: Double?

    @Option(help: ArgumentHelp("Seconds before a token expires.", valueName: "seconds"))
    var tokenLifetime: Double?

    @Flag(help: "Drop every connection without a response.")
    var outage = false

    @Flag(help: "Accept cookies that begin with refuse-.")
    var noRefusals = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port: \(port) is not a port.") }
        if let errorRate, !(0...1).contains(errorRate) {
            throw ValidationError("--error-rate: \(errorRate) is not between 0 and 1.")
        }
        for (name, value) in [
            ("latency", latency), ("jitter", jitter), ("rate-limit", rateLimit), ("retry-after", retryAfter),
            ("token-lifetime", tokenLifetime),
        ] {
            if let value, value < 0 { throw ValidationError("--\(name): \(value) is negative.") }
        }
    }

    func run() async throws {
        try await reportingErrors(on: Console()) {
            let sandbox = Sandbox(faults: faults)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await sandbox.run(port: port) { port in
                        try? Console.result("Simulated ShowAds API on http://127.0.0.1:\(port) (any project key)")
                    }
                }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Any fault that is given replaces those of the demonstration.
    private var faults: SimulatedFaults {
        let given = [latency, jitter, errorRate, rateLimit, retryAfter, tokenLifetime].contains { $0 != nil }
        var faults = given || outage ? SimulatedFaults() : Sandbox.demonstration
        if given {
            faults = SimulatedFaults(
                latency: latency ?? 0, jitter: jitter ?? 0, errorRate: errorRate ?? 0, rateLimit: rateLimit,
                retryAfter: retryAfter, tokenLifetime: tokenLifetime)
        }
        faults.outage = outage
        faults.refusesMarkedCookies = !noRefusals
        return faults
    }
}
