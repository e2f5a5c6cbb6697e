public import DeliveryModel
public import ShowAdsAPI

/// Makes a client for an address and a key; an empty key is the one of the start.
public typealias APIConnector =
    @Sendable (_ url: String, _ projectKey: String) throws(DeliveryError) -> any BannerAPI

/// The API as the engine uses it.
public protocol BannerAPI: Sendable {
    /// Host (and port), human-readable.
    var host: String { get }
    /// The address in its normal form, or `sandbox`: runs are bound to it.
    var address: String { get }
    /// Sends one request and tells what its answer means.
    func send(_ request: BannerRequest) async -> APIResponse
    /// Logs in once.
    func logIn() async -> APIResponse
    /// Reads authority, client certificate and key again.
    func reloadCertificates() throws(DeliveryError)
    /// Ends its connections.
    func shutdown() async
}

extension BannerAPI {
    public var address: String { host }
    public func reloadCertificates() throws(DeliveryError) {}
}
