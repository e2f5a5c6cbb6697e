import CustomerRecords
import DeliveryEngine
import DeliveryModel
import DropFolder
import Foundation

/// Delivers the drop folder's files by the engine.
struct EngineFileDelivery: FileDelivery {
    let engine: Engine
    let duplicates: FolderSettings.Duplicates
    /// How a file is read that begins now.
    let options: @Sendable () -> ReaderOptions
    private let beginning = BeginningContents()

    init(engine: Engine, duplicates: FolderSettings.Duplicates, options: @escaping @Sendable () -> ReaderOptions) {
        self.engine = engine
        self.duplicates = duplicates
        self.options = options
    }

    func newestRun() async throws -> RunID? { try await engine.runs(limit: 1, before: nil).first?.id }

    func deliver(_ file: DroppedFile) async -> FileProgress {
        await Operator.$current.withValue(Operator(who: Engine.operatorName, from: Operator.dropFolder)) {
            await begin(file)
        }
    }

    private func begin(_ file: DroppedFile) async -> FileProgress {
        do throws(DeliveryError) {
            if let known = try await run(of: file) { return try await resume(known) }
            let options = options()
            if duplicates == .send { return try await start(file, options) }
            let content = try Engine.likeness(of: file.path)
            guard beginning.begin(content) else {
                return .unavailable("a file with the same content is being looked at")
            }
            defer { beginning.end(content) }
            let known = try await engine.sentBefore(file.path, options: options)
            if let progress = try await progress(of: file, known, options) { return progress }
            return try await start(file, options)
        } catch {
            return error.code == .source
                ? .ended(Self.refused(file.path, error.message)) : .unavailable(error.message)
        }
    }

    private func start(_ file: DroppedFile, _ options: ReaderOptions) async throws(DeliveryError) -> FileProgress {
        .running(try await engine.start(RunRequest(source: .file(path: file.path), options: options)))
    }

    func ending(of run: RunID) async -> FileEnding? {
        guard let summary = try? await engine.run(run), !summary.state.isActive else { return nil }
        return Self.ending(summary)
    }

    func endings() -> AsyncStream<FileEnding> {
        let ended = engine.endedRuns()
        let (endings, continuation) = AsyncStream.makeStream(of: FileEnding.self)
        let task = Task {
            for await summary in ended { continuation.yield(Self.ending(summary)) }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return endings
    }

    // MARK: The same content

    /// What is left to do for a file whose content is known; `nil` when it is not.
    private func progress(
        of file: DroppedFile, _ known: SentBefore, _ options: ReaderOptions
    ) async throws(DeliveryError) -> FileProgress? {
        switch known {
        case .never: return nil
        case .discarded(let run, let sent):
            return .ended(
                Self.refused(
                    file.path,
                    "it \(SentBefore.discardedText(run, sent: sent)) To send all of it again, use --headless FILE."))
        case .delivered(let run):
            let summary = RunSummary(skipping: file.path, options, duplicateOf: run)
            return .ended(
                FileEnding(
                    run: nil, verdict: duplicates == .fail ? .failed : .delivered,
                    summary: (try? SummaryJSON.text(summary)) ?? "null",
                    words: "the content of \(file.path) was delivered before, in run \(run)"))
        case .forgotten(let run):
            return .ended(
                Self.refused(
                    file.path,
                    "it \(SentBefore.forgottenText(run)) To send all of it again, use --headless FILE."))
        case .undelivered(let run):
            let failed = FailureQuery.failed(in: run)
            return .running(try await engine.retry(run, .matching(failed), claim: nil, submittedBy: nil))
        case .interrupted(let run):
            if let summary = try await engine.run(run), summary.source == .file(path: file.path),
                case .interrupted = Self.verdict(summary)
            {
                return try await resume(summary)
            }
            return .unavailable(
                "its content is that of run \(run), which was stopped or interrupted. Resume or discard that run.")
        case .active(let run): return .unavailable("its content is being sent right now, in run \(run)")
        }
    }

    // MARK: Runs of an earlier process

    private func run(of file: DroppedFile) async throws(DeliveryError) -> RunSummary? {
        if let run = file.run { return try await engine.run(run) }
        // A process that was killed right after the run began could not note it.
        var before: RunID?
        while true {
            let page = try await engine.runs(limit: 100, before: before)
            for run in page {
                if let after = file.after, run.id <= after { return nil }
                if run.source == .file(path: file.path) { return run }
            }
            guard let last = page.last else { return nil }
            before = last.id
        }
    }

    private func resume(_ run: RunSummary) async throws(DeliveryError) -> FileProgress {
        if engine.snapshot().run(run.id)?.state.isActive == true { return .running(run.id) }
        switch Self.verdict(run) {
        // What an operator stopped or paused stays so until an operator resumes it.
        case .delivered, .failed, .stopped: return .ended(Self.ending(run))
        case .interrupted:
            do throws(DeliveryError) {
                try await engine.resume(run.id)
            } catch {
                // Somebody was faster.
                guard error.code == .conflict else { throw error }
            }
            return .running(run.id)
        }
    }

    // MARK: Ends

    private static func ending(_ run: RunSummary) -> FileEnding {
        FileEnding(
            run: run.id, verdict: verdict(run), summary: (try? SummaryJSON.text(run)) ?? "null",
            words: "run \(run.id) \(run.state.word), sent \(run.counts.sent) of \(run.counts.valid)")
    }

    private static func verdict(_ run: RunSummary) -> FileEnding.Verdict {
        if run.standingOrder == .discarded { return .failed }
        if run.standingOrder == .paused || run.state == .paused { return .stopped }
        return switch run.state {
        case .done: run.isComplete ? .delivered : .failed
        case .skipped: .delivered
        case .failed, .refused: .failed
        case .stopped where run.standingOrder == .stopped || run.state.reason == RunState.operatorStopReason: .stopped
        case .preparing, .running, .paused, .waiting, .finishing, .stopped, .dryRun:
            .interrupted(run.state.reason ?? "run \(run.id) was interrupted")
        }
    }

    private static func refused(_ path: String, _ reason: String) -> FileEnding {
        let summary = RunSummary(notRun: path, reason: reason, isFault: true)
        return FileEnding(
            run: nil, verdict: .failed, summary: (try? SummaryJSON.text(summary)) ?? "null", words: reason)
    }
}
