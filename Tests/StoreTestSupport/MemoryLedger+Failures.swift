public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation

extension MemoryLedger {
    // MARK: Asking

    /// Everything that a query selects, in its order.
    func selected(_ query: FailureQuery) -> [FailedRecord] {
        let candidates = query.run.map { owned(by: $0) } ?? Array(failures.values)
        return candidates.filter { $0.isOpen && query.matches($0.record) }.map(\.record)
            .sorted { query.isBefore($0, $1) }
    }

    /// A record stands in the run that read it; a retry has those that failed in it again.
    private func owned(by run: RunID) -> [Failure] {
        let all = failuresOf[run, default: []].compactMap { failures[$0] }
        let tried = all.filter { $0.triedIn.contains(run) }
        return tried.isEmpty ? all.filter { $0.record.run == run } : tried
    }

    func following(_ record: Int64?, _ query: FailureQuery, limit: Int) throws(DeliveryError) -> [FailedRecord] {
        guard let record else { return Array(selected(query).prefix(limit)) }
        guard let last = failures[record]?.record else {
            throw DeliveryError(.notFound, "Record \(record) is no longer among the failures. Begin again.")
        }
        return Array(selected(query).filter { query.isBefore(last, $0) }.prefix(limit))
    }

    func facets(_ query: FailureQuery) -> FailureFacets {
        var (kinds, reason, status, run) = (query, query, query, query)
        kinds.kinds = []
        reason.reason = nil
        status.status = nil
        run.run = nil
        func counted<Value: Hashable>(_ query: FailureQuery, _ value: (FailedRecord) -> Value?) -> [Value: Int] {
            selected(query).compactMap(value).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        return FailureFacets(
            kinds: counted(kinds, \.kind), reasons: counted(reason, \.reason), statuses: counted(status, \.status),
            runs: counted(run, \.run))
    }

    func unsent(of day: LocalDay, after record: Int64, limit: Int) -> [FailedRecord] {
        let open = failures.values.filter { failure in
            failure.isOpen && failure.record.kind != .rejected && failure.record.id > record
                && runs[failure.record.run]?.new.localDay == day
        }
        return Array(open.map(\.record).sorted { $0.id < $1.id }.prefix(limit))
    }

    func newestRunToRetry(for binding: RunBinding) -> RunID? {
        failures.values.filter { failure in
            guard failure.isOpen, failure.record.kind != .rejected, failure.record.retryingIn == nil,
                let run = runs[failure.record.run]
            else { return false }
            return run.new.binding.api == nil || run.new.binding == binding
        }.map(\.record.run).max()
    }

    // MARK: Changing

    mutating func setDismissed(_ records: [Int64], at time: Date?) -> [Int64] {
        records.filter { id in
            guard let failure = failures[id], failure.recoveredIn == nil, (failure.dismissedAt == nil) == (time != nil),
                time == nil || failure.record.retryingIn == nil
            else { return false }
            failures[id]?.dismissedAt = time
            for run in failure.failedIn { runs[run]?.dismissed += time == nil ? -1 : 1 }
            return true
        }
    }

    /// - Parameter selection: of what failed in `origin` and nobody sends now.
    public mutating func createRetry(
        _ new: NewRun, of selection: FailureSelection, in origin: RunID, claim: KeyClaim? = nil
    ) throws(DeliveryError) -> (run: RunID, records: Int)? {
        if let known = created(new) { return (known, runs[known]?.stored.count ?? 0) }
        let chosen = owned(by: origin).filter { failure in
            guard failure.isOpen, failure.record.retryingIn == nil, failure.record.kind != .rejected else {
                return false
            }
            switch selection {
            case .records(let ids): return ids.contains(failure.record.id)
            case .matching(let query):
                if let run = query.run, !owned(by: run).contains(where: { $0.record.id == failure.record.id }) {
                    return false
                }
                return query.matches(failure.record)
            }
        }.map(\.record).sorted { ($0.line, $0.id) < ($1.line, $1.id) }
        guard !chosen.isEmpty else { return nil }
        try checkBinding(of: origin, new.binding)
        let records = chosen.map { StoredRecord(line: $0.line, fields: $0.fields, root: $0.id) }
        let id = create(new, records: records, claim: claim)
        for record in chosen { failures[record.id]?.record.retryingIn = id }
        return (id, chosen.count)
    }

    /// Adds records with other fields to a run that has not begun; those that another run sends or delivered are left
    /// out.
    mutating func addFixed(
        _ records: [FixedRecord], to run: RunID?, _ new: NewRun, of origin: RunID
    ) throws(DeliveryError) -> (run: RunID?, added: Int) {
        try checkBinding(of: origin, new.binding)
        var id = run
        var added = 0
        for record in records {
            let root: Int64
            switch record.origin {
            case .failure(let failure):
                guard let known = failures[failure], known.isOpen, known.record.retryingIn == nil else { continue }
                root = failure
            case .rejected(let failure): root = insert(failure, in: origin)
            }
            let target = id ?? create(new)
            id = target
            let position = runs[target]?.stored.count ?? 0
            runs[target]?.stored[position] = StoredRecord(line: record.line, fields: record.fields, root: root)
            failures[root]?.record.retryingIn = target
            added += 1
        }
        return (id, added)
    }

    public mutating func createResend(
        _ new: NewRun, of record: Int64, as fields: RecordFields
    ) throws(DeliveryError) -> RunID {
        if let known = created(new) { return known }
        guard let failure = failures[record], failure.isOpen else {
            throw DeliveryError(.notFound, "The record is no longer among the failures.")
        }
        if let other = failure.record.retryingIn {
            throw DeliveryError(.conflict, "Run \(other) is sending the record already.")
        }
        try checkBinding(of: failure.record.run, new.binding)
        let id = create(new, records: [StoredRecord(line: failure.record.line, fields: fields, root: record)])
        failures[record]?.record.retryingIn = id
        return id
    }

    private mutating func checkBinding(of origin: RunID, _ binding: RunBinding) throws(DeliveryError) {
        guard let known = runs[origin]?.new.binding else { return }
        if let obstacle = known.obstacle(to: binding, for: origin) { throw obstacle }
        if known.api == nil { runs[origin]?.new.binding = binding }
    }
}

extension FailureQuery {
    /// Whatever run it stands in.
    fileprivate func matches(_ record: FailedRecord) -> Bool {
        if !kinds.isEmpty, !kinds.contains(record.kind) { return false }
        if let reason, record.reason != reason { return false }
        if let status, record.status != status { return false }
        if text.isEmpty { return true }
        return [
            record.name, record.age, record.cookie, record.bannerID, record.message, record.raw, record.kind.rawValue,
            record.reason?.rawValue ?? "", record.status ?? "",
        ].contains { $0.range(of: text, options: .caseInsensitive) != nil }
    }

    fileprivate func isBefore(_ left: FailedRecord, _ right: FailedRecord) -> Bool {
        func ordered<Key: Comparable>(_ key: (FailedRecord) -> Key) -> Bool {
            let (first, second) = (key(left), key(right))
            if first != second { return (first < second) == ascending }
            return left.id < right.id
        }
        return switch sort {
        case .line: ordered { $0.line }
        case .name: ordered { $0.name.lowercased() }
        case .age: ordered { Int($0.age) ?? 0 }
        case .cookie: ordered { $0.cookie }
        case .bannerID: ordered { Int($0.bannerID) ?? 0 }
        case .kind: ordered { $0.kind.rawValue }
        case .status: ordered { $0.status ?? "" }
        case .attempts: ordered { $0.attempts }
        case .reason: ordered { $0.reason?.rawValue ?? "" }
        case .time: ordered { $0.time }
        }
    }
}
