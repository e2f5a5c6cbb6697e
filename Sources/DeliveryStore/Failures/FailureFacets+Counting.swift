import CustomerRecords
public import DeliveryModel

extension FailureFacets {
    /// What failures are counted by.
    public enum Part: String, CaseIterable, Sendable {
        case kind, reason, status, run

        /// A query without what it asks for here: the counts of the other choices.
        fileprivate func opened(_ query: FailureQuery) -> FailureQuery {
            var query = query
            switch self {
            case .kind: query.kinds = []
            case .reason: query.reason = nil
            case .status: query.status = nil
            case .run: query.run = nil
            }
            return query
        }
    }

    /// Counts the failures that a query selects, by each part.
    /// - Parameter count: the values of a part among what a query selects, and how often each stands there.
    public init(of query: FailureQuery, count: (Part, FailureQuery) throws -> [(value: String, count: Int)]) rethrows {
        func counts<Key: Hashable>(_ part: Part, _ make: (String) -> Key?) throws -> [Key: Int] {
            let counted = try count(part, part.opened(query)).compactMap { text, count in
                make(text).map { ($0, count) }
            }
            return Dictionary(counted) { $0 + $1 }
        }
        self.init(
            kinds: try counts(.kind) { FailedRecord.Kind(rawValue: $0) },
            reasons: try counts(.reason) { ReasonCode(rawValue: $0) }, statuses: try counts(.status) { $0 },
            runs: try counts(.run) { Int64($0).map(RunID.init(rawValue:)) })
    }
}
