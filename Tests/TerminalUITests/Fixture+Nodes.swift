import DeliveryModel
import Foundation

@testable import TerminalKit
@testable import TerminalUI

extension Fixture {
    /// Three nodes of a shared journal, one of them silent, and two that are gone.
    static let nodes: NodesSnapshot = {
        var own = NodeRecord(
            name: "vienna", id: "1", version: "1.4.0", state: .live, heartbeatAge: 1.2, runs: 3, inFlight: 6,
            takeovers: 1)
        var other = NodeRecord(
            name: "graz-2.example.com", id: "2", version: "1.4.0", state: .live, heartbeatAge: 0.4, runs: 1, inFlight: 5
        )
        var silent = NodeRecord(
            name: "linz", id: "3", version: "1.3.0", state: .silent, heartbeatAge: 17, runs: 2, inFlight: 5)
        (own.places, other.places, silent.places) = (6, 5, 5)
        (own.rateShare, other.rateShare, silent.rateShare) = (167, 167, 166)
        other.differences = ["--rate 1000 here, but the nodes share 500"]
        let left = NodeRecord(name: "graz-1.example.com", id: "4", version: "1.3.0", state: .gone, heartbeatAge: 7000)
        let killed = NodeRecord(
            name: "linz", id: "5", version: "1.3.0", state: .gone, heartbeatAge: 190, takeovers: 2,
            takenOverBy: "vienna")
        return NodesSnapshot(
            own: "1", nodes: [left, other, silent, killed, own],
            limits: ClusterLimits(concurrency: 16, rate: 500, window: "mon-fri 08:00-20:00@Europe/Vienna"), readAt: now)
    }()

    static func nodes(_ screen: Screen = .nodes, size: Size = Size(width: 80, height: 24)) -> Model {
        var model = screen == .history ? history(size: size) : model(screen, size: size)
        model.setup.hasNodes = true
        _ = update(&model, .nodes(nodes))
        let names = ["vienna", "graz-2.example.com", "linz"]
        for index in model.history.runs.indices { model.history.runs[index].node = names[index % 3] }
        model.nodes.lastAsked = now
        return model
    }
}
