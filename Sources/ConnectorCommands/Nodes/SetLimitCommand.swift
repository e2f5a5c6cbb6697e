import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

#if PostgreSQL
import SharedJournal
#endif

/// `data-connector nodes set`: changes a limit of all nodes together.
struct SetLimitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a limit of all nodes together.",
        discussion: """
            The nodes divide it again within a second. It holds for nodes that are started later, too, whatever their own \
            options say.
            """)

    @Argument(
        help: ArgumentHelp(
            "concurrency, rate, or daily-limit with its value, or none: rate=500, daily-limit=none.",
            valueName: "limit=value"))
    var assignment: LimitAssignment

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await reportingErrors(on: Console()) {
            let settings = try await state.sharedSettings()
            #if PostgreSQL
            let opened = try await OpenedJournal(settings, StateDirectory(path: settings.stateDirectory), .looking)
            defer { opened.close() }
            let entry = AuditEntry(
                at: Date(), by: Operator(who: Engine.operatorName, from: Operator.commandLine), assignment.command)
            let limits = try await opened.shared?.set(assignment.name, to: assignment.value, noting: entry)
            if let limits { try Console.result(limits.line) }
            #endif
        }
    }
}

/// `rate=500`.
struct LimitAssignment: ExpressibleByArgument, Hashable {
    var name: ClusterLimits.Name
    /// `nil` is no limit.
    var value: Int?

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let name = ClusterLimits.Name(rawValue: parts[0]) else { return nil }
        self.name = name
        if parts[1] == "none", name != .concurrency { return }
        guard let value = Int(parts[1]), value >= 1, name != .concurrency || value <= 256 else { return nil }
        self.value = value
    }

    var command: AuditEntry.Command {
        switch name {
        case .concurrency: .setConcurrency
        case .rate: .setRate
        case .dailyLimit: .setDailyLimit
        }
    }
}

extension ClusterLimits {
    /// `All nodes together: 16 requests in flight, 500 records/s, no daily limit.`
    var line: String {
        "All nodes together: \(concurrency) request\(concurrency == 1 ? "" : "s") in flight, "
            + (rate.map { "\($0) records/s" } ?? "any rate") + ", "
            + (dailyLimit.map { "\($0) records a day" } ?? "no daily limit") + "."
    }
}

extension StateArguments {
    /// - Throws: an error that says so when no shared journal is named.
    func sharedSettings() async throws -> Settings {
        let settings = try await settings()
        guard settings.journal.isShared else {
            throw ValidationError("The journal is this state directory's own. Name a shared one with --journal.")
        }
        return settings
    }
}
