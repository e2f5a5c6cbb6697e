import CustomerRecords
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
        let query = Self.sendable(request.query)
        guard let query else { return mailbox.post(.retryCounted(request, 0)) }
        guard var count = try? await runs(of: query).reduce(0, { $0 + $1.count }) else { return }
        if case .all(let except) = request.marks, !except.isEmpty,
            let left = try? await services.delivery.failures(ids: Array(except))
        {
            count -= left.count { $0.kind != .rejected }
        }
        mailbox.post(.retryCounted(request, max(0, count)))
    }

    /// Without rejected records, which must be edited first; `nil` when nothing else is selected.
    private static func sendable(_ query: FailureQuery) -> FailureQuery? {
        guard query.kinds != [.rejected] else { return nil }
        var query = query
        query.kinds.remove(.rejected)
        if query.kinds.isEmpty { query.kinds = [.retryable, .permanent] }
        return query
    }

    /// The runs that a query selects from, oldest first. Those of another API are left out: they can't be sent to this
    /// one.
    private func runs(of query: FailureQuery) async throws -> [(run: RunID, count: Int)] {
        let delivery = services.delivery
        if let run = query.run { return [(run, try await delivery.failureCount(query))] }
        var found: [(run: RunID, count: Int)] = []
        for (id, count) in try await delivery.failureFacets(query).runs.sorted(by: { $0.key < $1.key }) {
            guard let run = try await delivery.run(id), delivery.snapshot().owns(run) else { continue }
            found.append((id, count))
        }
        return found
    }

    func fetchRange(_ query: FailureQuery, _ range: Range<Int>) async {
        mailbox.post(.failureRange(query, await answer { try await failures.records(query, range) }))
    }

    func resend(_ record: FailedRecord.ID, _ fields: RecordFields) async {
        let answer = await answer { try await services.delivery.resend(record, as: fields) }
        mailbox.post(.resent(record, fields, answer))
    }

    func export(_ query: FailureQuery, _ path: String) async {
        mailbox.post(
            .exported(await answer { try await services.delivery.exportFailures(query, to: path) }, path: path))
    }

    func loadHistory(_ before: RunID?, _ limit: Int) async {
        let answer = await answer { try await services.delivery.runs(limit: limit, before: before) }
        mailbox.post(.history(answer, before: before, limit: limit))
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
    func retry(_ marks: FailuresModel.Marks, _ query: FailureQuery) async throws -> Retried {
        let delivery = services.delivery
        switch marks {
        case .some(let marks):
            let sendable = marks.filter { !$0.value.isRejected }
            let runs = Dictionary(grouping: sendable, by: \.value.run).sorted { $0.key < $1.key }
            return try await retry(runs.map { ($0.key, .records($0.value.map(\.key).sorted())) })
        case .all(let except) where except.isEmpty:
            guard let query = Self.sendable(query) else { throw Self.nothingToRetry }
            return try await retry(
                try await runs(of: query).map { run, _ in
                    var own = query
                    own.run = run
                    return (run, .matching(own))
                })
        case .all(let except):
            var rest: [FailedRecord.ID: FailuresModel.Mark] = [:]
            let limit = 5000
            var last: FailedRecord.ID?
            while true {
                let rows = try await delivery.failures(query, after: last, limit: limit)
                for record in rows where !except.contains(record.id) { rest[record.id] = FailuresModel.Mark(record) }
                guard rows.count == limit else { break }
                last = rows.last?.id
            }
            return try await retry(.some(rest), query)
        }
    }

    private static let nothingToRetry = DeliveryError(.conflict, "There is nothing to retry")

    /// What one run refuses (it belongs to another API, say) does not keep the others back.
    private func retry(_ runs: [(RunID, FailureSelection)]) async throws -> Retried {
        var retried = Retried()
        for (run, selection) in runs {
            do {
                retried.runs.append(try await services.delivery.retry(run, selection))
                if case .records(let records) = selection { retried.sent.formUnion(records) }
            } catch {
                retried.problem = retried.problem ?? Self.readable(error)
            }
        }
        if retried.runs.isEmpty { throw retried.problem ?? Self.nothingToRetry }
        return retried
    }
}
