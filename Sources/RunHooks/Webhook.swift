import AsyncHTTPClient
import Crypto
public import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// An address that gets each summary by POST.
public struct Webhook: RunHook {
    /// The proxy on the way to an address.
    public struct Proxy: Sendable {
        var host: String
        var port: Int
        /// What stands in `Proxy-Authorization`.
        var authorization: String?

        public init(host: String, port: Int, authorization: String?) {
            self.host = host
            self.port = port
            self.authorization = authorization
        }
    }

    private let url: URL
    private let proxy: Proxy?
    private let secret: Data?
    private let attempts: Int
    private let timeout: Duration
    private let pause: Duration

    var label: String { "--webhook \(url.host() ?? "")" }

    /// - Parameters:
    ///   - secret: signs each body; without the one newline that an editor leaves at a file's end.
    ///   - timeout: of one attempt, from connecting to the answer's head.
    ///   - pause: after the first failed attempt; it doubles with each.
    ///   - proxy: for a host and port, encrypted or not; `nil` where there is none between.
    /// - Returns: `nil` when the text is not an http or https address.
    public init?(
        _ text: String, secret: Data?, attempts: Int = 5, timeout: Duration = .seconds(10),
        pause: Duration = .seconds(1),
        proxy: (_ usesTLS: Bool, _ host: String, _ port: Int) -> Proxy? = { _, _, _ in nil }
    ) {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            let host = url.host(), !host.isEmpty
        else { return nil }
        self.url = url
        let usesTLS = url.scheme?.lowercased() == "https"
        self.proxy = proxy(usesTLS, host, url.port ?? (usesTLS ? 443 : 80))
        self.secret = secret.map(Self.trimmed)
        self.attempts = attempts
        self.timeout = timeout
        self.pause = pause
    }

    private static func trimmed(_ secret: Data) -> Data {
        guard secret.last == UInt8(ascii: "\n") else { return secret }
        let line = secret.dropLast()
        return Data(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    /// The hexadecimal HMAC-SHA256 of a body.
    static func signature(of body: Data, secret: Data) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func tell(_ summary: String) async throws {
        var configuration = HTTPClient.Configuration()
        // Another address gets neither the summary nor its signature.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: TimeAmount(timeout))
        // The attempts are counted here, and what went wrong in each is known immediately.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let proxy {
            configuration.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.authorization.flatMap { field in
                    field.hasPrefix("Basic ") ? .basic(credentials: String(field.dropFirst("Basic ".count))) : nil
                })
        }
        // One a summary, since hours may lie between two of them.
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await post(Data(summary.utf8), client)
            try await client.shutdown()
        } catch {
            // It has to be shut down, whether this task was canceled or not; it fails only when called twice.
            try? await client.shutdown()
            throw error
        }
    }

    private func post(_ body: Data, _ client: HTTPClient) async throws {
        var attempt = 1
        while true {
            let fault: HookFault
            do {
                return try await request(body, client)
            } catch {
                fault = HookFault(description: "\(Self.words(error)) (attempt \(attempt) of \(attempts))")
            }
            // Nobody waits any longer: what went wrong last is worth more than that.
            guard attempt < attempts, (try? await Task.sleep(for: pause * (1 << (attempt - 1)))) != nil else {
                throw fault
            }
            attempt += 1
        }
    }

    private func request(_ body: Data, _ client: HTTPClient) async throws {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "User-Agent": "data-connector"]
        if let secret {
            request.headers.add(name: "X-Signature-SHA256", value: Self.signature(of: body, secret: secret))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        guard (200...299).contains(response.status.code) else {
            throw HookFault(description: "answered \(response.status.code)")
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let fault as HookFault: fault.description
        case let error as HTTPClientError: "\(error.shortDescription)"
        case is NIOConnectionError: "can't connect"
        case is CancellationError: "no answer in time"
        default: "\(error)"
        }
    }
}
