import ArgumentParser
import ShowAdsAPI

/// How the API is reached.
struct ConnectionSettings: Sendable {
    /// Of one exchange.
    var timeout: Duration
    var tlsFiles: ClientTLSFiles
    var proxies: ProxySettings

    init(_ layers: SettingLayers, environment: [String: String]) throws {
        timeout =
            try layers.parse(.timeout, "a duration such as 30s or 2m", Duration.init(argument:)) ?? .seconds(30)
        tlsFiles = ClientTLSFiles(
            authority: try layers.string(.apiCA), certificate: try layers.string(.apiClientCert),
            key: try layers.string(.apiClientKey))
        if tlsFiles.certificate != nil, tlsFiles.key == nil {
            throw ValidationError("--api-client-cert has no key. Specify it with --api-client-key.")
        }
        if tlsFiles.key != nil, tlsFiles.certificate == nil {
            throw ValidationError("--api-client-key has no certificate. Specify it with --api-client-cert.")
        }
        proxies = try ProxySettings(environment: environment)
    }
}
