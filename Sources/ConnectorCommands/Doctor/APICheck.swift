import AsyncHTTPClient
import DeliveryEngine
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import ShowAdsAPI

/// Whether the API can be reached, and lets this program in.
struct APICheck {
    let url: String?
    let key: String?
    let proxies: ProxySettings
    /// Makes the client that deliveries use, by the same way to the API.
    let client: (_ url: String, _ key: String) throws -> any BannerAPI

    func findings() async -> [Finding] {
        guard let url else { return [.failed("api", "API_URL is not set")] }
        return await login(url) + [await clock(url)]
    }

    private func login(_ url: String) async -> [Finding] {
        guard let key else { return [.failed("login", "PROJECT_KEY is not set")] }
        let api: any BannerAPI
        do {
            api = try client(url, key)
        } catch {
            return [.failed("login", (error as? DeliveryError)?.message ?? "\(error)")]
        }
        let answer = await api.logIn()
        let host = api.host
        await api.shutdown()
        let way = proxy(url).map { ", through the proxy \($0)" } ?? ""
        let finding: Finding =
            switch answer.outcome {
            case .applied:
                .ok("login", "\(host) accepts the key\(way)")
            case .throttled: .warning("login", "\(host) asks for a pause (429); try again in a while")
            case .refused, .tokenRefused, .misconfigured, .transient:
                .failed("login", (answer.cause ?? answer.label) + way)
            }
        return [finding, encryption(url, answer.outcome)]
    }

    private func encryption(_ url: String, _ outcome: APIOutcome) -> Finding {
        guard usesTLS(url) else { return .ok("tls", "not used: the address is http") }
        guard case .transient(let fault, _) = outcome, fault.isConnectionFault else {
            return .ok("tls", "the certificate is valid")
        }
        return fault.kind == .tls ? .failed("tls", "\(fault)") : .warning("tls", "not checked: \(fault)")
    }

    private func usesTLS(_ url: String) -> Bool { url.lowercased().hasPrefix("https:") }

    private func proxy(_ url: String) -> Proxy? {
        guard let parts = URLComponents(string: url), let host = parts.host else { return nil }
        let usesTLS = usesTLS(url)
        return proxies.proxy(usesTLS: usesTLS, host: host, port: parts.port ?? (usesTLS ? 443 : 80))
    }

    /// A clock that is off makes certificates and retry times wrong.
    private func clock(_ url: String) async -> Finding {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        if let proxy = proxy(url), proxy.authorization == nil {
            configuration.proxy = .server(host: proxy.host, port: proxy.port)
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let date: String?
        var fault: (any Error)?
        do {
            var request = HTTPClientRequest(url: url)
            request.method = .HEAD
            date = try await http.execute(request, timeout: .seconds(10)).headers.first(name: "date")
        } catch {
            (date, fault) = (nil, error)
        }
        try? await http.shutdown()
        if fault != nil { return .warning("clock", "not compared: the API did not respond") }
        guard let date, let theirs = Self.formatter.date(from: date) else {
            return .warning("clock", "the API's response has no Date header to compare with")
        }
        let seconds = Int(Date().timeIntervalSince(theirs).rounded())
        let text =
            abs(seconds) <= 1 ? "as the API's" : "\(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") the API's"
        return abs(seconds) > 60 ? .failed("clock", text) : .ok("clock", text)
    }

    private static let formatter = {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }()
}
