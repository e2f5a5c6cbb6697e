import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation

#if PostgreSQL
import SharedJournal
#endif

/// `data-connector nodes`: who delivers with a shared journal, and how much.
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "List the nodes that share the journal, or change their limits.",
        subcommands: [ListNodesCommand.self, SetLimitCommand.self], defaultSubcommand: ListNodesCommand.self)
}

/// `data-connector nodes list`, which is what `nodes` alone means.
struct ListNodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the nodes that share the journal, and those of the last day that are gone (default).")

    @Flag(help: "Print an array as JSON.")
    var json = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await reportingErrors(on: Console()) {
            #if PostgreSQL
            let read = try await state.lookingAtShared { try await $0.nodes() }
            if json { return try Console.result(try SummaryJSON.text(read.nodes.map(NodeJSON.init))) }
            if read.nodes.isEmpty { try Console.result("No nodes yet.") }
            for node in read.nodes {
                try Console.result(Self.line(node))
                if let fault = node.fault { try Console.result("  can't deliver: \(fault)") }
                for difference in node.differences { try Console.result("  \(difference)") }
            }
            if let limits = read.limits { try Console.result(limits.line) }
            #else
            _ = try await state.sharedSettings()
            #endif
        }
    }

    #if PostgreSQL
    private static func line(_ node: NodeRecord) -> String {
        let name = node.name.padding(toLength: max(16, node.name.count), withPad: " ", startingAt: 0)
        let state = node.state.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
        guard node.state != .gone else {
            let how = node.takenOverBy.map { "taken over by \($0)" } ?? "left"
            return "\(name)  \(state)  \(how) \(Int(node.heartbeatAge)) s ago"
        }
        return "\(name)  \(state)  heartbeat \(Int(node.heartbeatAge)) s ago  runs \(node.runs)"
            + "  in flight \(node.inFlight) of \(node.places)"
            + (node.rateShare.map { "  rate \($0)" } ?? "")
            + "  takeovers \(node.takeovers)  version \(node.version)"
    }
    #endif
}

#if PostgreSQL
/// A node as scripts read it.
private struct NodeJSON: Encodable {
    let node: NodeRecord

    init(_ node: NodeRecord) { self.node = node }

    private enum Key: String, CodingKey {
        case name, id, version, state, runs, takeovers
        case heartbeatAge = "heartbeat_age"
        case inFlight = "in_flight"
        case rateShare = "rate_share"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(node.name, forKey: .name)
        try container.encode(node.id, forKey: .id)
        try container.encode(node.version, forKey: .version)
        try container.encode(node.state.rawValue, forKey: .state)
        try container.encode((node.heartbeatAge * 10).rounded() / 10, forKey: .heartbeatAge)
        try container.encode(node.runs, forKey: .runs)
        try container.encode(node.inFlight, forKey: .inFlight)
        try container.encode(node.rateShare, forKey: .rateShare)
        try container.encode(node.takeovers, forKey: .takeovers)
    }
}
#endif
