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
    /// Makes the client that deliveries use, by the same way to the API.
    let client: (_ url: String, _ key: String) throws -> any BannerAPI

    func findings() async -> [Finding] {
        guard let url else { return [.failed("api", "API_URL is not set")] }
        return [await login(url), await clock(url)]
    }

    private func login(_ url: String) async -> Finding {
        guard let key else { return .failed("login", "PROJECT_KEY is not set") }
        let api: any BannerAPI
        do {
            api = try client(url, key)
        } catch {
            return .failed("login", (error as? DeliveryError)?.message ?? "\(error)")
        }
        let answer = await api.logIn()
        let host = api.host
        await api.shutdown()
        switch answer.outcome {
        case .applied: return .ok("login", "\(host) accepts the key")
        case .misconfigured(_, let message): return .failed("login", message)
        case .throttled: return .warning("login", "\(host) asks for a pause (429); try again in a while")
        default: return .failed("login", "\(host): \(answer.label)")
        }
    }

    /// A clock that is off makes certificates and retry times wrong.
    private func clock(_ url: String) async -> Finding {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let date: String?
        do {
            var request = HTTPClientRequest(url: url)
            request.method = .HEAD
            date = try await http.execute(request, timeout: .seconds(10)).headers.first(name: "date")
        } catch {
            date = nil
        }
        try? await http.shutdown()
        guard let date, let theirs = Self.formatter.date(from: date) else {
            return .warning("clock", "the API says no time to compare with")
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
