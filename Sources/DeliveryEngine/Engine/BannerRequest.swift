public import CustomerRecords
public import NIOCore
public import ShowAdsAPI

/// The records of a batch that go in one request.
public struct BannerRequest: Sendable {
    private let shared: SharedBatch
    public let records: Range<Int>
    public let path: BannerPath
    /// Whether the connection broke under the last request with these records. The API may treat others that are open
    /// alike, so it is sent on a new one.
    public let needsNewConnection: Bool

    public var batch: RecordBatch { shared.batch }

    init(_ unit: WorkUnit) {
        shared = unit.shared
        records = unit.records
        path = unit.path
        needsNewConnection = unit.wasReset
    }

    /// The request's body; that of a whole batch was encoded when it was read.
    public var body: ByteBuffer {
        switch path {
        case .single: batch.singleBody(of: records.lowerBound)
        case .bulk: records.count == batch.count ? batch.body : batch.bulkBody(of: records)
        }
    }
}

extension BannerRequest {
    /// Those that are long enough to tell of somebody, longest first: a shorter one may be part of it.
    fileprivate var cookies: [String] {
        Set(records.map { batch.customer(at: $0).cookie }.filter { $0.utf8.count >= 6 })
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }
}

extension ShowAdsClient: BannerAPI {
    public var host: String { endpoint.host }
    public var address: String { endpoint.address }

    @concurrent
    public func send(_ request: BannerRequest) async -> APIResponse {
        await send(request.body, to: request.path, needsNewConnection: request.needsNewConnection) { request.cookies }
    }
}
