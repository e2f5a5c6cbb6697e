import DeliveryEngine
import ShowAdsAPI

/// The simulated API, which is the same address in every process, whatever its port.
struct SandboxAPI: BannerAPI {
    static let address = "sandbox"

    private let client: any BannerAPI

    init(_ client: any BannerAPI) { self.client = client }

    var host: String { client.host }
    var address: String { Self.address }

    func send(_ request: BannerRequest) async -> APIResponse { await client.send(request) }
    func logIn() async -> APIResponse { await client.logIn() }
    func shutdown() async { await client.shutdown() }
}
