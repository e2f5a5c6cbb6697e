import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// The terminal UI.
public struct TerminalApp: Sendable {
    private let services: TerminalUIServices
    private let inspector: SourceInspector

    public init(_ services: TerminalUIServices) { self.init(services, inspector: .files(services.options)) }

    init(_ services: TerminalUIServices, inspector: SourceInspector) {
        self.services = services
        self.inspector = inspector
    }

    /// Shows the screen until the operator leaves it, a signal ends it or the terminal is gone. The terminal is as it was
    /// before when this returns, and whatever else ends the process.
    /// - Throws: `DeliveryError` when there is no terminal to show it on.
    public func run() async throws -> ExitReason {
        if let obstacle = TerminalCapability.obstacle() { throw DeliveryError(.configuration, obstacle) }
        let mailbox = try Mailbox()
        let store = PreferencesStore(path: services.stateDirectory.map { $0 + "/preferences.json" })
        let runner = EffectRunner(services: services, inspector: inspector, preferences: store, mailbox: mailbox)
        let (effects, sink) = AsyncStream.makeStream(of: Effect.self)
        let model = initialModel(store.load())
        return try await withThrowingTaskGroup(of: ExitReason?.self) { group in
            group.addTask {
                await runner.run(effects)
                return nil
            }
            group.addTask {
                defer { sink.finish() }
                return try await onThread(named: "terminal") {
                    try TerminalLoop(model: model, services: services, mailbox: mailbox, effects: sink).run()
                }
            }
            var reason = ExitReason.terminalLost
            for try await end in group {
                if let end {
                    reason = end
                    group.cancelAll()
                }
            }
            return reason
        }
    }

    private func initialModel(_ preferences: Preferences) -> Model {
        var preferences = preferences
        let environment = ProcessInfo.processInfo.environment
        if let theme = services.theme { preferences.theme = theme }
        let options = services.options
        let pacing = services.delivery.snapshot()
        let current = FileManager.default.currentDirectoryPath
        let setup = Setup(
            home: environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/", rules: options.reading.rules,
            hasListener: services.listener != nil, hasFolder: services.folder != nil,
            hasSandbox: services.sandbox != nil, hasNodes: services.nodes?.nodesSnapshot() != nil,
            hasClipboard: TerminalCapability.hasClipboard(environment: environment), needsKey: services.api.needsKey,
            apiURL: services.api.url, profiles: services.profiles, canSwitchProfile: services.profileControl != nil,
            hasPlainSettings: services.profileControl?.hasPlainSettings == true, logLevel: services.logLevel,
            stateDirectory: services.runsDirectory ?? services.stateDirectory, attachedTo: options.attachedTo)
        let remembered = preferences.directory.flatMap { (try? DirectoryListing.kind(of: $0)) == .folder ? $0 : nil }
        // Started somewhere with CSV files, it shows those; elsewhere, the folder of last time.
        let directory = DirectoryListing.holdsCSV(current) ? current : remembered ?? current
        var model = Model(
            setup: setup, preferences: preferences,
            send: SendModel(
                directory: directory, filter: options.reading.filter, concurrency: pacing.concurrencyMaximum,
                rate: pacing.rateMaximum, onlyNew: options.reading.onlyNew),
            now: Date(), zone: .current)
        model.isLight = TerminalCapability.theme(environment: environment) == .light
        return model
    }
}
