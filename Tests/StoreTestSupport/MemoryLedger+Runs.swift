public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
public import Foundation

extension MemoryLedger {
    public func requestedPause(of api: String) -> Date? {
        runs.values.filter { $0.isOpen && $0.new.binding.api == api }.compactMap(\.waitsUntil).max()
    }

    public func counts(of run: Run) -> RunCounts {
        var counts = RunCounts(sent: run.sent, failed: run.failed, reasons: run.reasons)
        for batch in run.batches.values {
            counts.sent += batch.sent
            counts.failed += batch.failed
            counts.pending += batch.records - batch.sent - batch.failed
            for code in ReasonCode.allCases where batch.tally[code] > 0 {
                counts.reasons[code, default: 0] += batch.tally[code]
            }
        }
        counts.rejected = counts.reasons.reduce(0) { $0 + ($1.key.isRejection ? $1.value : 0) }
        counts.filtered = counts.reasons.values.reduce(0, +) - counts.rejected
        if run.isStored, !run.stored.isEmpty {
            let next = readPosition(of: run).offset
            counts.pending += run.stored.keys.count { $0 >= next }
        }
        return counts
    }

    /// Behind the last batch.
    public func readPosition(of run: Run) -> SourcePosition {
        run.batches.max { $0.key < $1.key }?.value.end ?? run.watermark
    }

    public func summary(of run: Run) -> RunSummary {
        let new = run.new
        var notices = run.notices
        if let content = run.content, let api = new.binding.api,
            let earlier = deliveries.filter({
                $0.content.hash == content.hash && $0.api == api && $0.delivery.run < run.id
                    && runs[$0.delivery.run]?.hasSentNothing != true
            }).map(\.delivery.run).max()
        {
            notices.append(Notice(.sentBefore, example: "run \(earlier)"))
        }
        var summary = RunSummary(
            id: run.id, source: run.source, state: run.state, counts: counts(of: run), recovered: run.recovered,
            undelivered: max(0, run.undelivered), possibleDuplicates: run.possibleDuplicates,
            recordsInDoubt: run.recordsInDoubt, requests: run.progress.requests, retries: run.progress.retries,
            statuses: run.progress.statuses, seconds: run.progress.seconds, startedAt: new.startedAt,
            localDay: new.localDay, endedAt: run.endedAt, filter: new.options.filter, unsentFile: run.unsentFile,
            notices: notices, api: new.binding.api, profile: new.binding.profile, unreadBytes: unreadBytes(of: run),
            submittedBy: new.submittedBy, node: new.owner.node, owner: new.owner.instance,
            standingOrder: run.standingOrder)
        summary.dismissed = run.dismissed
        return summary
    }

    private func unreadBytes(of run: Run) -> Int? {
        if run.isStored { return nil }
        if !run.isOpen, run.standingOrder != .discarded {
            guard case .refused = run.state else { return 0 }
        }
        let offset = readPosition(of: run).offset
        if run.new.dialect?.decoding.isPlain == false, offset > 0 { return nil }
        return run.new.fingerprint.map { max(0, $0.size - offset) }
    }

    /// Takes a run over: what was under way is in doubt from now on.
    public mutating func reopen(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) throws(DeliveryError) -> ResumableRun? {
        guard var run = runs[id] else { return nil }
        if let obstacle = run.new.binding.obstacle(to: binding, for: id) { throw obstacle }
        guard run.isOpen else {
            throw DeliveryError(.conflict, "Run \(id) has ended: nothing is left to send.")
        }
        run.new.binding = binding
        run.new.owner = owner
        let inDoubt = Self.takeOver(&run)
        runs[id] = run
        return ResumableRun(
            summary: summary(of: run),
            source: LocatedSource(location: run.new.location, fingerprint: run.new.fingerprint),
            dialect: run.new.dialect, options: run.new.options,
            readPosition: readPosition(of: run),
            nextSequence: run.batches.keys.max().map { $0 + 1 } ?? run.firstSequence, rejectsBytes: run.rejectsBytes,
            storedRejects: failuresOf[id, default: []].count {
                failures[$0]?.wasRejected == true && failures[$0]?.record.run == id
            }, openBatches: Self.openBatches(of: run), recordsInFlight: inDoubt, waitsUntil: run.waitsUntil,
            read: run.content)
    }

    /// Opens a run of single records that is done for more of them.
    public mutating func extend(
        _ id: RunID, by owner: RunOwner, for binding: RunBinding
    ) throws(DeliveryError) -> ResumableRun? {
        guard let run = runs[id], run.source == .submissions, run.state == .done, run.standingOrder == nil,
            run.new.binding == binding
        else { return nil }
        runs[id]?.state = .running
        runs[id]?.isOpen = true
        runs[id]?.endedAt = nil
        return try reopen(id, by: owner, for: binding)
    }

    /// Counts what a run has under way as in doubt, without opening it.
    public mutating func countInDoubt(_ id: RunID) -> Int {
        guard var run = runs[id] else { return 0 }
        let inDoubt = Self.takeOver(&run)
        runs[id] = run
        return inDoubt
    }

    private static func takeOver(_ run: inout Run) -> Int {
        var inDoubt = 0
        for (sequence, batch) in run.batches where batch.state != .settled {
            var batch = batch
            if batch.parts.isEmpty, batch.state == .sending {
                inDoubt += batch.records
                if !batch.isInDoubt { run.recordsInDoubt += batch.records }
                batch.isInDoubt = true
            }
            for (first, part) in batch.parts where part.state == .sending {
                inDoubt += part.count
                if !part.isInDoubt { run.recordsInDoubt += part.count }
                batch.parts[first] = Part(count: part.count, state: .planned, isInDoubt: true)
            }
            batch.state = .planned
            run.batches[sequence] = batch
        }
        run.possibleDuplicates += inDoubt
        return inDoubt
    }

    private static func openBatches(of run: Run) -> [BatchRow] {
        run.batches.sorted { $0.key < $1.key }.filter { $0.value.state != .settled }.map { sequence, batch in
            BatchRow(
                sequence: sequence, state: batch.state, start: batch.start, end: batch.end, checksum: batch.checksum,
                records: batch.records, tally: batch.tally,
                parts: batch.parts.sorted { $0.key < $1.key }.map { first, part in
                    PartRow(records: first..<first + part.count, state: part.state, isInDoubt: part.isInDoubt)
                }, isInDoubt: batch.isInDoubt)
        }
    }

    public func totals() -> StoreTotals {
        var totals = forgotten
        for run in runs.values { totals.add(summary(of: run)) }
        totals.oldestPending = runs.values.filter { $0.isOpen && $0.standingOrder != .discarded }.map(\.new.startedAt)
            .min()
        return totals
    }
}

extension StoreTotals {
    mutating func add(_ run: RunSummary) {
        counts.rejected += run.counts.rejected
        counts.filtered += run.counts.filtered
        counts.sent += run.counts.sent
        counts.failed += run.counts.failed
        counts.pending += run.counts.pending
        counts.reasons.merge(run.counts.reasons, uniquingKeysWith: +)
        possibleDuplicates += run.possibleDuplicates
        recordsInDoubt += run.recordsInDoubt
        requests += run.requests
        retries += run.retries
        statuses.merge(run.statuses, uniquingKeysWith: +)
        runs[run.state.word, default: 0] += 1
    }
}
