import DeliveryModel
import TerminalKit

extension EffectRunner {
    func countWaiting() async {
        let began = ContinuousClock.now
        let failed = FailureQuery(kinds: [.retryable, .permanent])
        guard let count = try? await services.delivery.failureCount(FailureQuery()),
            let undelivered = try? await services.delivery.failureCount(failed)
        else { return }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        mailbox.post(.failuresWaiting(count, undelivered: undelivered, seconds: seconds))
    }

    /// What a change would do, once it has stood there for a moment: every character that is typed makes another one.
    @concurrent
    func previewFix(_ fix: BulkFix) async {
        let isWanted = fixes.begin()
        guard (try? await Task.sleep(for: .milliseconds(120))) != nil, isWanted() else { return }
        let answer = await answer { try await services.delivery.previewFix(fix, isWanted: isWanted) }
        if isWanted() { mailbox.post(.fixPreviewed(fix, answer)) }
    }

    func readFacets(_ query: FailureQuery) async {
        mailbox.post(.facets(query, await answer { try await services.delivery.failureFacets(query) }))
    }

    /// How many of the marked records a retry can send.
    func countRetry(_ request: RetryRequest) async {
        let delivery = services.delivery
        var query = request.query
        query.kinds.remove(.rejected)
        if query.kinds.isEmpty { query.kinds = [.retryable, .permanent] }
        let isRejectedOnly = request.query.kinds == [.rejected]
        guard var count = isRejectedOnly ? 0 : try? await delivery.failureCount(query) else { return }
        if case .all(let except) = request.marks, !except.isEmpty,
            let left = try? await delivery.failures(ids: Array(except))
        {
            count -= left.count { $0.kind != .rejected }
        }
        mailbox.post(.retryCounted(request, max(0, count)))
    }

    func fetchRange(_ query: FailureQuery, _ range: Range<Int>) async {
        mailbox.post(.failureRange(query, await answer { try await failures.records(query, range) }))
    }

    func resend(_ record: FailedRecord.ID, _ fields: RecordFields) async {
        mailbox.post(.resent(await answer { try await services.delivery.resend(record, as: fields) }))
    }

    func export(_ query: FailureQuery, _ path: String) async {
        mailbox.post(
            .exported(await answer { try await services.delivery.exportFailures(query, to: path) }, path: path))
    }

    func loadHistory(_ before: RunID?) async {
        let answer = await answer { try await services.delivery.runs(limit: Model.historyPage, before: before) }
        mailbox.post(.history(answer, before: before))
    }

    func loadSummary(_ run: RunID) async {
        if let summary = try? await services.delivery.run(run) { mailbox.post(.summary(summary)) }
    }

    func dismiss(_ marks: FailuresModel.Marks, _ query: FailureQuery) async throws -> [FailedRecord.ID] {
        switch marks {
        case .some(let marks): return try await services.delivery.dismiss(marks.keys.sorted())
        case .all(let except):
            let all = try await services.delivery.failureOrder(query)
            return try await services.delivery.dismiss(all.filter { !except.contains($0) })
        }
    }

    /// A retry is a run's: marks over several runs become as many retries.
    func retry(_ marks: FailuresModel.Marks, _ query: FailureQuery) async throws -> [RunID] {
        let delivery = services.delivery
        switch marks {
        case .some(let marks):
            var started: [RunID] = []
            let sendable = marks.filter { !$0.value.isRejected }
            for (run, records) in Dictionary(grouping: sendable, by: \.value.run).sorted(by: { $0.key < $1.key }) {
                started.append(try await delivery.retry(run, .records(records.map(\.key).sorted())))
            }
            return started
        case .all(let except) where except.isEmpty: return try await retryAll(query)
        case .all(let except):
            var rest: [FailedRecord.ID: FailuresModel.Mark] = [:]
            let limit = 5000
            var offset = 0
            while true {
                let rows = try await delivery.failures(query, offset: offset, limit: limit)
                for record in rows where !except.contains(record.id) { rest[record.id] = FailuresModel.Mark(record) }
                guard rows.count == limit else { break }
                offset += limit
            }
            return try await retry(.some(rest), query)
        }
    }

    private func retryAll(_ query: FailureQuery) async throws -> [RunID] {
        let delivery = services.delivery
        if let run = query.run { return [try await delivery.retry(run, .matching(query))] }
        var started: [RunID] = []
        var before: RunID?
        while true {
            let runs = try await delivery.runs(limit: Model.historyPage, before: before)
            for run in runs where run.counts.failed > 0 {
                var own = query
                own.run = run.id
                own.kinds.remove(.rejected)
                if own.kinds.isEmpty { own.kinds = [.retryable, .permanent] }
                guard try await delivery.failureCount(own) > 0 else { continue }
                started.append(try await delivery.retry(run.id, .matching(own)))
            }
            guard runs.count == Model.historyPage, let last = runs.last else { break }
            before = last.id
        }
        guard !started.isEmpty else { throw DeliveryError(.conflict, "There is nothing to send again") }
        return started
    }
}
