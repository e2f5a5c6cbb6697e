import DeliveryModel
import Foundation
import Logging
import NIOHTTP1

/// Writes down what was asked and how it was answered: for the log, for metrics and for the screen.
struct AccessLog: Sendable {
    let statistics: ListenerStatistics
    let logger: Logger

    struct Entry {
        var endpoint: Endpoint?
        var method: String
        var status: Int
        /// Of the answer's body.
        var bytes: Int
        var seconds: Double
        var client: String
        var id: String
        var trace: String?
        var run: RunID?
        /// The name of the token.
        var token: String?
    }

    func answered(_ entry: @autoclosure () -> Entry, endpoint: Endpoint?, status: Int, seconds: Double) {
        statistics.answered(endpoint, status: status, seconds: seconds)
        guard logger.logLevel <= .info else { return }
        let entry = entry()
        var metadata: Logger.Metadata = [
            "method": "\(entry.method)", "path": "\(entry.endpoint?.path ?? "(none)")", "status": "\(entry.status)",
            "bytes": "\(entry.bytes)", "milliseconds": "\((entry.seconds * 1e5).rounded() / 100)",
            "client": "\(entry.client)", "request": "\(entry.id)", "run": "\(entry.run?.description ?? "-")",
        ]
        if let token = entry.token { metadata["token"] = "\(token)" }
        if let trace = entry.trace { metadata["trace"] = "\(trace)" }
        logger.info("Request", metadata: metadata)
    }

    /// A connection ended before its request reached a route.
    func refused(_ refusal: ConnectionRefusal, client: String) {
        statistics.refused(refusal)
        logger.info(
            "Connection refused",
            metadata: [
                "reason": "\(refusal.label)", "status": "\(refusal.status.code)", "client": "\(client)",
            ])
    }

    /// An idle connection was closed for a new one.
    func gaveWay(client: String) {
        statistics.gaveWay()
        logger.info("Connection closed for another", metadata: ["client": "\(client)"])
    }
}
