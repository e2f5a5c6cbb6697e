import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// Does what `update` asks for, as tasks, and posts what comes of it.
struct EffectRunner: Sendable {
    let services: TerminalUIServices
    let inspector: SourceInspector
    let preferences: PreferencesStore
    let mailbox: Mailbox
    private let previews = Latest()
    private let dryRuns = Latest()
    private let folders = Latest()
    let mappings = Latest()
    let fixes = Latest()
    let sentLooks = Latest()
    let comparisons = Latest()
    let failures: FailurePager

    init(services: TerminalUIServices, inspector: SourceInspector, preferences: PreferencesStore, mailbox: Mailbox) {
        self.services = services
        self.inspector = inspector
        self.preferences = preferences
        self.mailbox = mailbox
        failures = FailurePager(delivery: services.delivery, mailbox: mailbox)
    }

    /// Runs until the effects end; what is going on then is canceled.
    func run(_ effects: AsyncStream<Effect>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await watchEngine() }
            for await effect in effects {
                // Pacing keeps its order (the last key press wins), and the newest preferences are those that stay.
                if effect.keepsOrder { await perform(effect) } else { group.addTask { await perform(effect) } }
            }
            _ = dryRuns.begin()
            _ = comparisons.begin()
            group.cancelAll()
        }
    }

    private func watchEngine() async {
        mailbox.post(.engine(services.delivery.snapshot()))
        for await snapshot in services.delivery.snapshots() { mailbox.post(.engine(snapshot)) }
    }

    private func perform(_ effect: Effect) async {
        switch effect {
        // Files
        case .listDirectory(let path, let name): await listDirectory(path, including: name)
        case .inspectPath(let path): await inspectPath(path)
        case .completePath(let path): await completePath(path)
        case .preview(let path, let reading): await preview(path, reading)
        case .dryRun(let path, let reading): await dryRun(path, reading)
        case .readColumns(let path, let reading): await readColumns(path, reading)
        case .readTitles(let path, let reading): await readTitles(path, reading)
        case .countMapping(let path, let reading): await countMapping(path, reading)
        case .findSent(let path, let reading): await findSent(path, reading)
        case .countNew(let path, let reading, let list): await countNew(path, reading, list)
        case .cancelMappingCount: _ = mappings.begin()
        case .sampleEncoding(let path, let name, let reading): await sampleEncoding(path, name, reading)
        case .lookAgain(let path): await lookAgain(path)
        case .cancelDryRun:
            _ = dryRuns.begin()
            _ = comparisons.begin()
        case .checkExport(let query, let path): await checkExport(query, path)
        case .savePreferences(let preferences): await save(preferences)
        // Records
        case .fetchFailures(let fetch): await failures.fetch(fetch)
        case .countWaiting: await countWaiting()
        case .readFacets(let query): await readFacets(query)
        case .countRetry(let request): await countRetry(request)
        case .fetchRange(let query, let range): await fetchRange(query, range)
        case .retry(let marks, let query): mailbox.post(.retried(await answer { try await retry(marks, query) }))
        case .resend(let record, let fields): await resend(record, fields)
        case .export(let query, let path): await export(query, path)
        case .readRequests: mailbox.post(.requests(await answer { try await services.delivery.recentRequests() }))
        case .previewFix(let fix): await previewFix(fix)
        case .cancelFixPreview: _ = fixes.begin()
        case .applyFix(let fix):
            mailbox.post(.fixApplied(fix, await answer { try await services.delivery.applyFix(fix) }))
        case .dismiss(let marks, let query):
            mailbox.post(.dismissed(await answer { try await dismiss(marks, query) }))
        case .undismiss(let records):
            mailbox.post(.undismissed(records, await answer { try await services.delivery.undismiss(records) }))
        case .erase(let number, let cookie, let isDryRun):
            let answer = await answer { try await services.delivery.erase([cookie], isDryRun: isDryRun) }
            mailbox.post(.erased(number, isDryRun: isDryRun, answer))
        case .readAudit(let query):
            mailbox.post(.audit(query, await answer { try await services.delivery.audit(query) }))
        case .writeReport(let run, let text, let path): await writeReport(run, text, path)
        case .loadHistory(let before, let limit): await loadHistory(before, limit)
        case .loadSummary(let run): await loadSummary(run)
        case .loadGraph(let run):
            if let graph = await services.delivery.graph(of: run) { mailbox.post(.graph(run, graph)) }
        // Runs
        case .start(let request): await start(request)
        case .pause(let run): await perform { try await services.delivery.pause(run) }
        case .unpause(let run): await perform { try await services.delivery.unpause(run) }
        case .stop(let run, let mode):
            let answer = await answer { try await services.delivery.stop(run, mode: mode) }
            if case .failure(let error) = answer { mailbox.post(.notStopped(run, error)) }
        case .resume(let run): await tell("Run \(run) resumed") { try await services.delivery.resume(run) }
        case .passWindow(let run):
            await tell("Run \(run) is being sent outside of the send window") {
                try await services.delivery.passWindow(run)
            }
        case .retryNow: await tell("Checking the API") { await services.delivery.retryNow() }
        case .setConcurrency(let maximum): await services.delivery.setConcurrency(maximum)
        case .setRate(let maximum): await services.delivery.setRate(maximum)
        case .setSchedule(let schedule):
            let isShared = services.nodes?.nodesSnapshot() != nil
            await tell(
                isShared ? "Changed for all nodes" : "Changed until restart; use --window and --daily-limit to keep it"
            ) {
                try await services.delivery.setSchedule(schedule)
            }
        case .setAPI(let url, let key): await setAPI(url, key)
        case .useProfile(let name): await useProfile(name)
        case .testLogin(let number, let url, let key): await testLogin(number, url, key)
        // The other controls
        case .startListener: await switchListener(on: true)
        case .stopListener: await switchListener(on: false)
        case .readListener: if let listener = services.listener { mailbox.post(.listener(listener.snapshot())) }
        case .readNodes: mailbox.post(.nodes(services.nodes?.nodesSnapshot()))
        case .readDropFolder: mailbox.post(.dropFolder(services.folder?.folderSnapshot()))
        case .readLog(let number): readLog(after: number)
        case .readFaults: if let sandbox = services.sandbox { mailbox.post(.faults(sandbox.faults)) }
        case .setFaults(let faults): services.sandbox?.setFaults(faults)
        case .terminal: assertionFailure("The terminal is the loop's")
        }
    }

    @concurrent
    private func listDirectory(_ path: String, including name: String?) async {
        let isWanted = folders.begin()
        let answer = await answer { try DirectoryListing.entries(of: path, including: name) }
        if isWanted() { mailbox.post(.directory(path: path, answer)) }
    }

    @concurrent
    private func lookAgain(_ path: String) async {
        mailbox.post(.looked(path: path, await answer { try FileVersion(path: path) }))
    }

    @concurrent
    private func inspectPath(_ path: String) async {
        mailbox.post(.opened(path: path, await answer { try DirectoryListing.kind(of: path) }))
    }

    @concurrent
    private func completePath(_ path: String) async {
        mailbox.post(.completions(of: path, DirectoryListing.completions(of: path)))
    }

    @concurrent
    private func preview(_ path: String, _ reading: FileReading) async {
        let isWanted = previews.begin()
        await Task.yield()
        guard isWanted() else { return }
        let event: Event
        do {
            event = .preview(path: path, .success(try await inspector.preview(path, reading)))
        } catch let unmapped as UnmappedSource {
            event = .unmapped(path: path, unmapped.source)
        } catch {
            event = .preview(path: path, .failure(Self.readable(error)))
        }
        if isWanted() { mailbox.post(event) }
    }

    /// Never replaces anything.
    @concurrent
    private func writeReport(_ run: RunID, _ text: String, _ path: String) async {
        let answer = await answer { () -> String in
            let file = open(try PathBytes.resolve(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else {
                let reason = errno == EEXIST ? "already exists. Choose another name." : String(cString: strerror(errno))
                throw DeliveryError(.source, "\(path): \(reason)")
            }
            defer { close(file) }
            try FileHandle(fileDescriptor: file).write(contentsOf: Data(text.utf8))
            await services.delivery.note(.report(run: run))
            return path
        }
        mailbox.post(.reported(answer))
    }

    @concurrent
    private func checkExport(_ query: FailureQuery, _ path: String) async {
        guard FileManager.default.fileExists(atPath: path) else { return await export(query, path) }
        mailbox.post(.exportExists(query, path: path))
    }

    @concurrent
    private func dryRun(_ path: String, _ reading: FileReading) async {
        let isWanted = dryRuns.begin()
        // A cursor that only passes by reads no file.
        guard (try? await Task.sleep(for: .milliseconds(120))) != nil, isWanted() else { return }
        do {
            try await inspector.dryRun(path, reading, isWanted) { [mailbox] report in
                if isWanted() { mailbox.post(.dryRun(path: path, .success(report))) }
            }
        } catch {
            if isWanted() { mailbox.post(.dryRun(path: path, .failure(Self.readable(error)))) }
        }
    }

    func answer<Value>(_ work: () async throws -> Value) async -> DeliveryResult<Value> {
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

extension Effect {
    /// Pacing changes and preferences are done in the order of the key presses.
    fileprivate var keepsOrder: Bool {
        switch self {
        case .setConcurrency, .setRate, .setSchedule, .savePreferences: true
        case .listDirectory, .inspectPath, .completePath, .preview, .dryRun, .readColumns, .readTitles, .countMapping,
            .cancelMappingCount, .findSent, .countNew, .sampleEncoding, .lookAgain, .cancelDryRun, .start, .pause,
            .unpause, .stop, .resume, .passWindow, .retryNow, .fetchFailures, .countWaiting, .readFacets, .countRetry,
            .fetchRange, .retry, .resend, .previewFix, .cancelFixPreview, .applyFix, .readRequests, .dismiss,
            .undismiss, .erase, .readAudit, .checkExport, .export, .writeReport, .loadHistory, .loadSummary,
            .loadGraph, .setAPI, .useProfile, .testLogin, .startListener, .stopListener, .readListener,
            .readDropFolder, .readNodes, .readLog, .readFaults, .setFaults, .terminal:
            false
        }
    }
}
