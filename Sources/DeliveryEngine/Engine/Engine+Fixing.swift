import CustomerRecords
public import DeliveryModel
import DeliveryStore

/// One change over many undelivered records.
extension Engine {
    public nonisolated func previewFix(
        _ fix: BulkFix, isWanted: @escaping @Sendable () -> Bool
    ) async throws(DeliveryError) -> FixPreview {
        var preview = FixPreview()
        let binding = await binding
        var walk = try await FixWalk(fix, journal: journal, directory: directory, binding: binding)
        while isWanted(), let part = try await walk.next() {
            preview.selected += part.selected
            for candidate in part.changed {
                preview.note(candidate.example(fix.change.field), reason: candidate.reason)
            }
        }
        return preview
    }

    /// The records are written in parts: a process that dies on the way leaves a run that can be resumed and sends
    /// those that were.
    public func applyFix(_ fix: BulkFix) async throws(DeliveryError) -> [RunID] {
        try scheduler.checkReady()
        guard !isFixing else {
            throw DeliveryError(.conflict, "Another change is in progress. Try again when it is done.")
        }
        isFixing = true
        scheduler.beginCreating()
        defer {
            isFixing = false
            decide { scheduler, _ in scheduler.endCreating() }
        }
        var drafts: [RunID: Draft] = [:]
        var walk = try await FixWalk(fix, journal: journal, directory: directory, binding: binding)
        while let part = try await walk.next() {
            let valid = part.changed.filter { $0.reason == nil }
            for (origin, candidates) in Dictionary(grouping: valid, by: \.run) {
                if drafts[origin] == nil { drafts[origin] = Draft(new: try await storedRun(of: origin)) }
                guard var draft = drafts[origin] else { continue }
                let (run, added) = try await journal.addFixed(
                    candidates.map(\.record), to: draft.run, draft.new, of: origin)
                draft.run = run
                draft.count += added
                drafts[origin] = draft
            }
        }
        var runs: [RunID] = []
        for (_, draft) in drafts.sorted(by: { $0.key < $1.key }) {
            guard let run = draft.run, draft.count > 0 else { continue }
            try await note(.fix, run: run, records: draft.count)
            beginStored(run, draft.new, records: draft.count)
            runs.append(run)
        }
        guard !runs.isEmpty else {
            throw DeliveryError(.conflict, "The change doesn't make any more records valid.")
        }
        return runs
    }

    /// A run of fixed records as it grows.
    private struct Draft {
        var new: NewRun
        var run: RunID?
        var count = 0
    }
}

extension FixWalk.Candidate {
    fileprivate func example(_ field: KnownColumn) -> FixPreview.Example {
        FixPreview.Example(line: record.line, old: old[field], new: record.fields[field], reason: reason)
    }
}
