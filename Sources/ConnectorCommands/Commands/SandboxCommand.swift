import ArgumentParser
import DeliveryModel
import Foundation
import ShowAdsSandbox
import UnixSignals

/// `data-connector sandbox`: a simulated ads API to try things against.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Serve a simulated ads API on this machine.",
        discussion: """
            Without faults it answers like an API on a usual day: visible latency, some throttling, some errors. Cookies that begin \
            with refuse- are refused. Faults can be changed while it runs: POST a JSON object to /__faults; \
            GET /__stats tells what was delivered.
            """)

    @Option(help: ArgumentHelp("Port on 127.0.0.1; 0 takes a free one.", valueName: "port"))
    var port = 9900

    @Option(help: ArgumentHelp("Milliseconds that every answer takes.", valueName: "ms"))
    var latency: Double?

    @Option(help: ArgumentHelp("Up to this many more milliseconds, at random.", valueName: "ms"))
    var jitter: Double?

    @Option(help: ArgumentHelp("Share of requests answered 500, 0…1.", valueName: "share"))
    var errorRate: Double?

    @Option(help: ArgumentHelp("Requests a second before 429.", valueName: "n"))
    var rateLimit: Double?

    @Option(help: ArgumentHelp("Seconds in the Retry-After of a 429.", valueName: "seconds"))
    var retryAfter: Double?

    @Option(help: ArgumentHelp("Seconds before a token expires.", valueName: "seconds"))
    var tokenLifetime: Double?

    @Flag(help: "Drop every connection without an answer.")
    var outage = false

    @Flag(help: "Take cookies that begin with refuse-, too.")
    var noRefusals = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port: \(port) is not a port.") }
        if let errorRate, !(0...1).contains(errorRate) {
            throw ValidationError("--error-rate: \(errorRate) is not between 0 and 1.")
        }
        for (name, value) in [("latency", latency), ("jitter", jitter), ("rate-limit", rateLimit)] {
            if let value, value < 0 { throw ValidationError("--\(name): \(value) is negative.") }
        }
    }

    func run() async throws {
        try await reportingErrors(on: Console()) {
            let sandbox = Sandbox(faults: faults)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await sandbox.run(port: port) { port in
                        try? Console.result("Simulated ads API on http://127.0.0.1:\(port) (any project key)")
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
