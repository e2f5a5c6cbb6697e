import NIOCore
import ShowAdsAPI
import ShowAdsSandbox
import TestSupport

/// Runs `body` with a client of that address, whose connections end with it. Its times are long: a machine that is busy
/// with other things is no fault of the API.
func withClient<Value>(
    _ url: String, key: String = "a-project-key", requestTimeout: Duration = .seconds(600),
    proxies: ProxySettings = .none, tlsFiles: ClientTLSFiles = ClientTLSFiles(), vault: (any TokenVault)? = nil,
    _ body: (ShowAdsClient) async throws -> Value
) async throws -> Value {
    let client = try ShowAdsClient(
        endpoint: try APIEndpoint(url, allowsInsecureHTTP: true), key: try ProjectKey(key), maximumConnections: 256,
        requestTimeout: requestTimeout, connectTimeout: .seconds(600), proxies: proxies, tlsFiles: tlsFiles,
        vault: vault)
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Runs `body` with a sandbox and a client of it.
func withAPI<Value>(
    _ behavior: SandboxBehavior = SandboxBehavior(), requestTimeout: Duration = .seconds(600),
    _ body: (ShowAdsClient, Sandbox) async throws -> Value
) async throws -> Value {
    try await withSandbox(behavior) { sandbox, url in
        try await withClient(url, requestTimeout: requestTimeout) { client in try await body(client, sandbox) }
    }
}

/// The body of a bulk request with these cookies.
func bulk(_ cookies: String...) -> ByteBuffer { bulk(cookies) }

func bulk(_ cookies: [String]) -> ByteBuffer {
    let items = cookies.map { #"{"VisitorCookie":"\#($0)","BannerId":7}"# }
    return ByteBuffer(string: #"{"Data":["# + items.joined(separator: ",") + "]}")
}

let oneRecord = ByteBuffer(string: #"{"VisitorCookie":"cookie","BannerId":0}"#)

extension APIOutcome {
    /// `nil` when it is not a fault that may pass.
    var mayHaveBeenApplied: Bool? {
        if case .transient(_, let mayHaveBeenApplied) = self { mayHaveBeenApplied } else { nil }
    }
}
