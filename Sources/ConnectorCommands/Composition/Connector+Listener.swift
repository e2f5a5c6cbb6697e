import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import Foundation
import HTTPListener
import Logging
import SystemPackage

extension Connector {
    /// The listener that the settings ask for, ready to be started.
    func listener(at address: ListenAddress, defaults: LiveSettings) throws -> HTTPListener {
        var limits = ListenerLimits()
        limits.uploadBytes = settings.maximumUpload
        let configuration = try ListenerConfiguration(
            host: address.host, port: address.port, token: settings.listenToken, isInsecure: settings.listenInsecure,
            spoolDirectory: directory.spool.string, limits: limits, defaults: { defaults.submissionDefaults })
        return HTTPListener(
            configuration: configuration, service: engine, idempotency: JournalIdempotencyStore(journal: journal),
            readiness: JournalReadiness(journal: journal),
            totals: JournalTotalsSource(journal: journal, service: engine),
            logger: log.logger("listener", level: settings.logLevel))
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
            do {
                try await engine.resume(run.id)
            } catch {
                logger.error("run \(run.id) can't go on: \(error)")
            }
        }
    }
}
