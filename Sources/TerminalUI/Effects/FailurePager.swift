import DeliveryModel
import TerminalKit

/// Cuts pages out of the list of failures, which may hold a million records.
///
/// The ids of the whole list are kept in its order, so that a page costs the same wherever it is. The order is read again
/// when the list is another one or may have changed, while pages still come from the one that is known.
actor FailurePager {
    private struct Order {
        var query: FailureQuery
        var ids: [Int64]
        var seconds: Double
    }

    private let delivery: any FailureBrowser
    private let mailbox: Mailbox
    private var order: Order?
    /// What the screen asked for last.
    private var newest: FailureFetch?
    /// The list whose order is wanted next: those that were asked for before it are nobody's.
    private var wanted: FailureQuery?
    private var isReading = false

    init(delivery: any FailureBrowser, mailbox: Mailbox) {
        self.delivery = delivery
        self.mailbox = mailbox
    }

    func fetch(_ fetch: FailureFetch) async {
        newest = fetch
        let isKnown = order?.query == fetch.query
        if isKnown, !fetch.mayHaveChanged { return await show(fetch) }
        wanted = fetch.query
        if !isKnown, fetch.record == nil, fetch.query.isQuick { await showBeginning(fetch) }
        await readOrders()
    }

    /// The records of a part of the list.
    func records(_ query: FailureQuery, _ range: Range<Int>) async throws(DeliveryError) -> [FailedRecord] {
        let ids: [Int64]
        if let order, order.query == query { ids = order.ids } else { ids = try await delivery.failureOrder(query) }
        return try await delivery.failures(ids: Array(ids[range.clamped(to: ids.indices)]))
    }

    private func readOrders() async {
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        while let query = wanted {
            wanted = nil
            let began = ContinuousClock.now
            do {
                let ids = try await delivery.failureOrder(query)
                order = Order(query: query, ids: ids, seconds: (ContinuousClock.now - began) / .seconds(1))
                if let newest, newest.query == query { await show(newest) }
            } catch {
                mailbox.post(.failures(.failure(error)))
            }
        }
    }

    /// The rows around the cursor's record, wherever it stands now.
    private func show(_ fetch: FailureFetch) async {
        guard let order else { return }
        let ids = order.ids
        var row = fetch.row
        if let record = fetch.record, let index = ids.firstIndex(of: record) { row = index }
        let shift = row - fetch.row
        row = min(row, max(0, ids.count - 1))
        let part = fetch.part(around: row, of: ids.count)
        do {
            let rows = try await delivery.failures(ids: Array(ids[part]))
            let gone = fetch.mayHaveChanged ? try await gone(fetch.marked, from: ids) : []
            mailbox.post(
                .failures(
                    .success(
                        FailurePage(
                            request: fetch.request, count: ids.count, first: part.lowerBound, rows: rows, shift: shift,
                            gone: gone, seconds: order.seconds))))
        } catch {
            mailbox.post(.failures(.failure(error)))
        }
    }

    /// Which of the marked records are failures no more. One that only a filter hides keeps its mark.
    private func gone(
        _ marked: Set<FailedRecord.ID>, from ids: [Int64]
    ) async throws(DeliveryError) -> Set<FailedRecord.ID> {
        let missing = marked.subtracting(ids)
        guard !missing.isEmpty else { return [] }
        return missing.subtracting(try await delivery.failures(ids: missing.sorted()).map(\.id))
    }

    /// The first rows of a list whose order is not known yet: they need not wait for it.
    private func showBeginning(_ fetch: FailureFetch) async {
        guard let count = try? await delivery.failureCount(fetch.query),
            let rows = try? await delivery.failures(fetch.query, offset: 0, limit: fetch.visible * 2),
            newest?.request == fetch.request
        else { return }
        mailbox.post(.failures(.success(FailurePage(request: fetch.request, count: count, first: 0, rows: rows))))
    }
}

extension FailureFetch {
    /// Some screens above and below, so that it takes long until more is needed.
    fileprivate func part(around row: Int, of count: Int) -> Range<Int> {
        let top = min(max(0, row - offset), max(0, count - visible))
        let margin = visible * 4
        return max(0, top - margin)..<min(count, top + visible + margin)
    }
}

extension FailureQuery {
    /// Whether the first rows are found without looking at all of them.
    fileprivate var isQuick: Bool { sort == .line && kinds.isEmpty && reason == nil && status == nil && text.isEmpty }
}
