import DeliveryModel

/// How the service stands, in one line for `systemctl status`.
enum ServiceStatus {
    static func line(_ snapshot: EngineSnapshot) -> String {
        if let fault = snapshot.fault { return "Not delivering: \(fault)" }
        let active = snapshot.runs.filter { $0.state.isActive }
        guard !active.isEmpty else { return "Idle" }
        let sent = active.reduce(0) { $0 + $1.summary.counts.sent }
        let rate = active.reduce(0) { $0 + $1.rate }
        let runs = active.count == 1 ? "1 run" : "\(active.count.grouped) runs"
        var line = "\(runs): \(sent.grouped) records sent, \(Int(rate).grouped)/s"
        if case .waiting(let reason, _)? = active.first?.state { line += "; waiting: \(reason)" }
        return line
    }
}
