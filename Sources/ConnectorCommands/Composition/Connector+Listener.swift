import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener
import Logging
import SystemPackage

extension Connector {
    /// The listener that the settings ask for, ready to be started.
    func listener(at address: ListenAddress, defaults: LiveSettings) throws -> HTTPListener {
        let options = settings.listener
        let logger = log.logger("listener", level: settings.logLevel)
        let configuration = try ListenerConfiguration(
            host: address.host, port: address.port, tokens: options.tokens, isInsecure: options.isInsecure,
            hostNames: options.hosts, proxies: options.proxies, tls: options.tls,
            spoolDirectory: directory.spool.string, runsDirectory: directory.path.appending("runs").string,
            ignoresUnknownFields: options.ignoresUnknownFields, limits: options.limits,
            defaults: { defaults.submissionDefaults })
        let listener = HTTPListener(
            configuration: configuration, service: engine, idempotency: JournalIdempotencyStore(journal: journal),
            readiness: JournalReadiness(journal: journal),
            totals: JournalTotalsSource(journal: journal, service: engine), logger: logger)
        defaults.onReload { settings in
            do {
                try listener.renew(tokens: settings.listener.tokens)
            } catch {
                logger.warning("The old tokens and certificate stay in use: \(error)")
            }
        }
        return listener
    }

    /// Lets work begin again as soon as the journal can be written again, until the task is cancelled.
    /// - Parameter resuming: go on with what arrived over HTTP.
    func recoverFromFaults(resuming: Bool) async {
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            if await engine.recover(), resuming { await resumeSubmissions() }
        }
    }

    /// Goes on with what arrived over HTTP and was accepted before the last process ended.
    func resumeSubmissions() async {
        let logger = log.logger("connector", level: settings.logLevel)
        guard let open = try? await journal.openRuns() else { return }
        for run in open {
            switch run.source {
            case .upload, .submissions, .retry: break
            case .file, .standardInput: continue
            }
            // What arrived since a fault may have its run already.
            if engine.snapshot().run(run.id)?.state.isActive == true { continue }
            do {
                try await engine.resume(run.id)
            } catch let error as DeliveryError where error.code == .conflict {
                // It is going already: what arrived meanwhile has begun it.
                continue
            } catch {
                logger.error("run \(run.id) can't go on: \(error)")
            }
        }
    }
}
