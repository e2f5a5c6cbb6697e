public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

/// What became of a content when it was sent before.
public enum SentBefore: Hashable, Sendable {
    case never
    /// Everything of it was delivered.
    case delivered(RunID)
    /// It was read, and some records failed.
    case undelivered(RunID)
    case interrupted(RunID)
    /// An operator ended it for good after so many records were delivered.
    case discarded(RunID, sent: Int)
    case active(RunID)
    /// Records of it failed, and which ones is forgotten.
    case forgotten(RunID)
}

/// Whether the same content was sent before.
extension Engine {
    /// Hashes a whole file and looks for runs of the same content, API and record options.
    /// - Throws: `DeliveryError` of code `source` when the file can't be read.
    @concurrent
    public nonisolated func sentBefore(_ path: String, options: ReaderOptions) async throws(DeliveryError) -> SentBefore
    {
        let file = try SourceFile(path)
        guard case .regular = try file.kind() else {
            // Nothing can be sent of it a second time.
            if try file.isEmpty() { return .never }
            throw DeliveryError(.source, "\(path) is not a regular file, so it can't be compared with what was sent.")
        }
        let source = try await PreparedSource(
            .file(path: path), options: options, spool: directory.spool, freeSpace: freeSpace)
        let binding = await binding
        let content = try source.contentIdentity()
        // Asked first: a run that ends before the next question is among the deliveries then.
        let open = try await openRun(of: source.fingerprint, options: options)
        var found = SentBefore.never
        for earlier in try await journal.deliveries(of: content, for: binding)
        where earlier.options.selectsSameRecords(as: options) {
            let state = try await state(of: earlier)
            if case .delivered = state { return state }
            if found == .never { found = state }
        }
        if found != .never { return found }
        return if let open { try await state(of: ContentDelivery(run: open, options: options)) } else { .never }
    }

    /// What files with the same content have in common, as far as it can be told quickly.
    /// - Throws: `DeliveryError` of code `source` when the file can't be read.
    public nonisolated static func likeness(of path: String) throws(DeliveryError) -> SourceFingerprint {
        var fingerprint = try SourceFile(path).fingerprint()
        fingerprint.modified = 0
        return fingerprint
    }

    /// The newest run of a file like this that is not at its end. What was interrupted while it was read has no hash;
    /// whoever resumes it compares what was read.
    /// - Parameter name: looks at runs of this source only.
    nonisolated func openRun(
        of fingerprint: SourceFingerprint, named name: RunSource? = nil, options: ReaderOptions
    ) async throws(DeliveryError) -> RunID? {
        let binding = await binding
        for run in try await journal.openRuns().reversed()
        where run.api == binding.api && run.profile == binding.profile && (name ?? run.source) == run.source {
            if try await journal.fingerprint(of: run.id)?.isAlike(fingerprint) == true,
                try await journal.options(of: run.id)?.selectsSameRecords(as: options) == true
            {
                return run.id
            }
        }
        return nil
    }

    /// As `sentBefore`, whatever part of the content was selected then.
    @concurrent
    public nonisolated func runOfSameContent(
        as path: String, options: ReaderOptions, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> RunID? {
        guard isWanted(), case .regular = try SourceFile(path).kind() else { return nil }
        let source = try await PreparedSource(
            .file(path: path), options: options, spool: directory.spool, freeSpace: freeSpace)
        let binding = await binding
        for run in try await journal.openRuns().reversed()
        where run.api == binding.api && run.profile == binding.profile {
            if try await journal.fingerprint(of: run.id) == source.fingerprint { return run.id }
        }
        guard isWanted() else { return nil }
        let content = try source.contentIdentity()
        return try await journal.deliveries(of: content, for: binding).first?.run
    }

    private nonisolated func state(of delivery: ContentDelivery) async throws(DeliveryError) -> SentBefore {
        let id = delivery.run
        guard let run = try await run(id) else { return delivery.lacksRecords ? .forgotten(id) : .delivered(id) }
        // One that was paused when its process ended rests.
        if run.state == .paused, await !isActive(id) { return .interrupted(id) }
        if run.state.isActive { return .active(id) }
        if run.state == .done { return run.undelivered == 0 ? .delivered(id) : .undelivered(id) }
        if run.standingOrder == .discarded, run.counts.sent > 0 { return .discarded(id, sent: run.counts.sent) }
        return run.isResumable ? .interrupted(id) : .never
    }
}

extension PreparedSource {
    /// What it is, whatever it is called.
    fileprivate func contentIdentity() throws(DeliveryError) -> ContentIdentity {
        do {
            return try ContentHasher.identity(of: file, fingerprint.size, dialect.decoding)
        } catch {
            throw name.readingFault(error)
        }
    }
}

extension ReaderOptions {
    /// Whether the same records leave, in whatever batches.
    func selectsSameRecords(as other: ReaderOptions) -> Bool {
        var other = other
        other.batchSize = batchSize
        return self == other
    }
}
