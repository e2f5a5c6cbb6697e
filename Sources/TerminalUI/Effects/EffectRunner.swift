import CustomerRecords
import DeliveryModel
import Foundation

/// Does what `update` asks for, as tasks, and posts what comes of it.
struct EffectRunner: Sendable {
    let services: TerminalUIServices
    let inspector: SourceInspector
    let preferences: PreferencesStore
    let mailbox: Mailbox
    private let previews = Lane()
    private let dryRuns = Lane()
    private let folders = Lane()
    let failures: FailurePager

    init(services: TerminalUIServices, inspector: SourceInspector, preferences: PreferencesStore, mailbox: Mailbox) {
        self.services = services
        self.inspector = inspector
        self.preferences = preferences
        self.mailbox = mailbox
        failures = FailurePager(delivery: services.delivery, mailbox: mailbox)
    }

    /// Runs until the effects end; what is going on then is cancelled.
    func run(_ effects: AsyncStream<Effect>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await watchEngine() }
            for await effect in effects {
                // Pacing keeps its order: the last key press wins. Neither call waits for anything.
                switch effect {
                case .setConcurrency(let maximum): await services.delivery.setConcurrency(maximum)
                case .setRate(let maximum): await services.delivery.setRate(maximum)
                // The newest preferences are those that stay.
                case .savePreferences(let preferences): await save(preferences)
                default: group.addTask { await perform(effect) }
                }
            }
            _ = dryRuns.begin()
            group.cancelAll()
        }
    }

    private func watchEngine() async {
        mailbox.post(.engine(services.delivery.snapshot()))
        for await snapshot in services.delivery.snapshots() { mailbox.post(.engine(snapshot)) }
    }

    private func perform(_ effect: Effect) async {
        switch effect {
        case .listDirectory, .inspectPath, .completePath, .preview, .dryRun, .cancelDryRun, .checkExport:
            await performOnFiles(effect)
        case .fetchFailures, .countWaiting, .fetchRange, .retry, .resend, .export, .loadHistory, .loadSummary:
            await performOnRecords(effect)
        default: await performOnControls(effect)
        }
    }

    @concurrent
    private func performOnFiles(_ effect: Effect) async {
        switch effect {
        case .listDirectory(let path):
            let isWanted = folders.begin()
            let answer = await answer { try DirectoryListing.entries(of: path) }
            if isWanted() { mailbox.post(.directory(path: path, answer)) }
        case .inspectPath(let path):
            mailbox.post(.opened(path: path, await answer { try DirectoryListing.kind(of: path) }))
        case .completePath(let path):
            mailbox.post(.completions(of: path, DirectoryListing.completions(of: path)))
        case .preview(let path):
            let isWanted = previews.begin()
            await Task.yield()
            guard isWanted() else { return }
            mailbox.post(.preview(path: path, await answer { try await inspector.preview(path) }))
        case .dryRun(let path): await dryRun(path)
        case .cancelDryRun: _ = dryRuns.begin()
        case .checkExport(let query, let path):
            if FileManager.default.fileExists(atPath: path) {
                mailbox.post(.exportExists(query, path: path))
            } else {
                await performOnRecords(.export(query, path: path))
            }
        default: break
        }
    }

    private func dryRun(_ path: String) async {
        let isWanted = dryRuns.begin()
        // A cursor that only passes by reads no file.
        guard (try? await Task.sleep(for: .milliseconds(120))) != nil, isWanted() else { return }
        do {
            try await inspector.dryRun(path, isWanted) { [mailbox] report in
                if isWanted() { mailbox.post(.dryRun(path: path, .success(report))) }
            }
        } catch {
            if isWanted() { mailbox.post(.dryRun(path: path, .failure(Self.readable(error)))) }
        }
    }

    func answer<Value>(_ work: () async throws -> Value) async -> Answer<Value> {
        do {
            return .success(try await work())
        } catch {
            return .failure(Self.readable(error))
        }
    }

    static func readable(_ error: any Error) -> DeliveryError {
        error as? DeliveryError ?? DeliveryError(.conflict, "\(error)")
    }
}
