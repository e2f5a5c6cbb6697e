import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener
import Logging
import SystemPackage

extension Connector {
    /// The listener that the settings ask for, ready to be started.
    func listener(at address: ListenAddress, defaults: LiveSettings) throws -> ListenerServer {
        let options = settings.listener
        var limits = options.limits
        limits.sockets = DescriptorLimit.maximum.map { $0 - DescriptorLimit.reserve(concurrency: settings.concurrency) }
        let logger = log.logger("listener", level: settings.logLevel)
        var configuration = try ListenerConfiguration(
            host: address.host, port: address.port, tokens: options.tokens, isInsecure: options.isInsecure,
            hostNames: options.hosts, proxies: options.proxies, tls: options.tls,
            spoolDirectory: directory.spool.string, runsDirectory: directory.runs.string,
            ignoresUnknownFields: options.ignoresUnknownFields, limits: limits,
            defaults: { defaults.reading })
        let freeSpace = FreeSpace(path: directory.path, minimum: settings.minimumFree)
        configuration.checkRoom = { try freeSpace.check() }
        let listener = listener(configuration, logger: logger)
        shownListener.show(listener)
        defaults.onReload { settings in
            do {
                try listener.renew(tokens: settings.listener.tokens)
            } catch {
                logger.warning("\(error)")
            }
        }
        return listener
    }

    /// - Parameter process: what a control socket speaks for; `nil` for a listener.
    func listener(
        _ configuration: ListenerConfiguration, logger: Logger, controlling process: ControlledProcess? = nil,
        version: String = DataConnectorCommand.version
    ) -> ListenerServer {
        // The control socket, which comes first, has removed what an earlier process did not finish; after that, it
        // may be receiving a file of its own.
        let freeSpace = FreeSpace(path: directory.path, minimum: settings.minimumFree)
        return ListenerServer(
            configuration: configuration, service: engine, idempotency: JournalIdempotencyStore(journal: journal),
            readiness: JournalReadiness(journal: journal, freeSpace: freeSpace),
            totals: JournalTotalsSource(
                journal: journal, engine: engine, freeSpace: freeSpace, nodes: nodeFigures), logger: logger,
            clearsSpool: process != nil, controlling: process, version: version)
    }

    /// Lets work begin again as soon as the journal can be written again, until the task is canceled.
    func recoverFromFaults() async {
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            _ = await engine.recover()
        }
    }

    /// Continues with what arrived over HTTP and was accepted before the last process ended, except for what an
    /// operator paused or stopped.
    func resumeSubmissions() async {
        // Nodes that share a journal take what is free one at a time.
        if isShared { return }
        do {
            try await engine.resumeAccepted { run in
                switch run.source {
                case .upload, .submissions, .retry: true
                case .file, .standardInput: false
                }
            }
        } catch {
            log.logger("connector", level: settings.logLevel).error("accepted runs can't continue: \(error)")
        }
    }
}
