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
        commandName: "set", abstract: "Change a limit that all nodes share.",
        discussion: """
            The nodes divide the new limit within a second. It also applies to nodes that start later, whatever their \
            own options say.
            """)

    @Argument(
        help: ArgumentHelp(
            "concurrency, rate, daily-limit, or window with its value, or none: rate=500, window=08:00-20:00.",
            valueName: "limit=value"))
    var assignment: LimitAssignment

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await reportingErrors(on: Console()) {
            #if PostgreSQL
            let entry = AuditEntry(
                at: Date(), by: Operator(who: Engine.operatorName, from: Operator.commandLine), assignment.command)
            let limits = try await state.lookingAtShared { try await $0.set(assignment.change, noting: entry) }
            try Console.result(limits.line)
            #else
            _ = try await state.sharedSettings()
            #endif
        }
    }
}

/// `rate=500`.
struct LimitAssignment: ExpressibleByArgument, Hashable {
    var change: ClusterLimits.Change

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        let isNone = parts[1] == "none"
        if parts[0] == "window" {
            let window = SendWindow(argument: parts[1])
            guard isNone || window != nil else { return nil }
            change = .window(window?.zonedText)
            return
        }
        guard let name = ClusterLimits.Name(rawValue: parts[0]) else { return nil }
        let value = Int(parts[1])
        let allowed = name == .concurrency ? PacingLimits.concurrency : 1...(.max)
        guard isNone && name != .concurrency || value.map(allowed.contains) == true else { return nil }
        change = .limit(name, value)
    }

    var command: AuditEntry.Command {
        switch change {
        case .limit(.concurrency, _): .setConcurrency
        case .limit(.rate, _): .setRate
        case .limit(.dailyLimit, _): .setDailyLimit
        case .window: .setWindow
        }
    }
}

extension ClusterLimits {
    /// `All nodes together: 16 requests in flight, 500 records/s, no daily limit, at any hour.`
    var line: String {
        "All nodes together: \(concurrency) request\(concurrency == 1 ? "" : "s") in flight, "
            + (rate.map { "\($0) records/s" } ?? "any rate") + ", "
            + (dailyLimit.map { "\($0) records per day" } ?? "no daily limit") + ", "
            + (window.map { "within \($0)" } ?? "at any hour") + "."
    }
}

extension StateArguments {
    /// - Throws: an error that says so when no shared journal is named.
    func sharedSettings() async throws -> Settings {
        let settings = try await settings()
        guard settings.journal.isShared else {
            throw ValidationError(
                "The journal is this state directory's own. Specify a shared one with --journal.")
        }
        return settings
    }

    #if PostgreSQL
    /// Opens the shared journal without becoming a node.
    func lookingAtShared<Value: Sendable>(
        _ body: (PostgresJournal) async throws -> Value
    ) async throws -> Value {
        let settings = try await sharedSettings()
        let opened = try await OpenedJournal(settings, StateDirectory(path: settings.stateDirectory), .looking)
        defer { opened.close() }
        guard let shared = opened.shared else {
            throw DeliveryError(.configuration, "The shared journal has no address.")
        }
        return try await body(shared)
    }
    #endif
}
