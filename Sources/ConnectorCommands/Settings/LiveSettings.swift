import CustomerRecords
import DeliveryEngine
import DeliveryModel
import Foundation
import HTTPListener
import Logging
import Synchronization
import UnixSignals

/// The settings that may change while the program serves: age filter, rate and concurrency of the configuration file.
final class LiveSettings: Sendable {
    private let current: Mutex<Settings>
    private let load: @Sendable (_ profile: String?) async throws -> Settings
    private let file: String
    private let reloaded = Mutex<[@Sendable (Settings) -> Void]>([])

    /// - Parameter load: reads all settings again, options and environment included, with a profile.
    init(
        _ settings: Settings, file: String, load: @escaping @Sendable (_ profile: String?) async throws -> Settings
    ) {
        current = Mutex(settings)
        self.file = file
        self.load = load
    }

    /// What applies to a submission that does not say otherwise.
    var reading: ReaderOptions { current.withLock { $0.reading } }

    /// Has something called with the new settings whenever they were read again.
    func onReload(_ action: @escaping @Sendable (Settings) -> Void) {
        reloaded.withLock { $0.append(action) }
    }

    /// Looks at the file every two seconds, and immediately on SIGHUP, until the task is canceled.
    /// - Parameter hasTerminal: SIGHUP means that the terminal is gone, and belongs to the UI.
    func watch(_ connector: Connector, hasTerminal: Bool = false, notifier: ServiceNotifier? = nil) async {
        let engine = connector.engine
        let logger = connector.log.logger("settings", level: connector.settings.logLevel)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                var seen = modified
                while (try? await Task.sleep(for: .seconds(2))) != nil {
                    guard modified != seen else { continue }
                    seen = modified
                    await reload(engine, logger)
                }
            }
            guard !hasTerminal else { return }
            group.addTask { [self] in
                for await _ in await UnixSignalsSequence(trapping: .sighup) {
                    let readAgain: @Sendable () async -> Void = { [self] in
                        await reload(engine, logger)
                        await reloadCertificates(engine, logger)
                        await engine.retryNow()
                    }
                    if let notifier { await notifier.reloading(readAgain) } else { await readAgain() }
                }
            }
        }
    }

    /// The settings as they are with another profile.
    func settings(of profile: String?) async throws -> Settings { try await load(profile) }

    /// Takes these settings from here on.
    func adopt(_ new: Settings, _ engine: Engine) async {
        let old = current.withLock { settings in
            defer { settings = new }
            return settings
        }
        // The limits of nodes that share a journal are stored there.
        if !new.journal.isShared {
            if new.concurrency != old.concurrency { await engine.setConcurrency(new.concurrency) }
            if new.rate != old.rate { await engine.setRate(new.rate) }
        }
        for action in reloaded.withLock({ $0 }) { action(new) }
    }

    private func reloadCertificates(_ engine: Engine, _ logger: Logger) async {
        do {
            try await engine.reloadCertificates()
        } catch {
            logger.warning("The changed certificates are not used: \(error)")
        }
    }

    private var modified: Date? {
        try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
    }

    private func reload(_ engine: Engine, _ logger: Logger) async {
        do {
            let new = try await load(current.withLock { $0.profile })
            let person = Operator(who: Engine.operatorName, from: Operator.configurationFile)
            await Operator.$current.withValue(person) { await adopt(new, engine) }
            logger.info("settings reloaded")
        } catch {
            logger.warning("The changed configuration file is not used: \(error)")
        }
    }
}
