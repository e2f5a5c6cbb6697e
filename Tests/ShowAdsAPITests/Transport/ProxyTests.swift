import NIOSSL
import ShowAdsAPI
import TestSupport
import Testing

@Suite("A proxy between")
struct ProxyTests {
    private static let success = CannedServer.Reply(bytes: CannedServer.success("{}"), closes: false)

    private static func proxies(_ port: Int, user: String = "") throws -> ProxySettings {
        let address = "http://\(user)127.0.0.1:\(port)"
        return try ProxySettings(environment: ["HTTPS_PROXY": address, "HTTP_PROXY": address])
    }

    private static func port(_ url: String) -> Int { Int(url.split(separator: ":").last ?? "") ?? 0 }

    @Test("passes unencrypted requests on, each with the whole address and the proxy's password")
    func plain() async throws {
        try await CannedServer.serving(Self.success) { server, url in
            let proxies = try Self.proxies(Self.port(url), user: "jane:s3cret@")
            try await withClient("http://ads.example.test/v1", proxies: proxies) { client in
                #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            }
            #expect(
                server.requests.map { $0.split(separator: "\r\n").first } == [
                    "POST http://ads.example.test/v1/auth HTTP/1.1",
                    "POST http://ads.example.test/v1/banners/show HTTP/1.1",
                ])
            for request in server.requests {
                let head = request.lowercased()
                #expect(head.contains("\r\nhost: ads.example.test\r\n"))
                #expect(head.contains("\r\nproxy-authorization: basic amfuztpzm2nyzxq="))
            }
        }
    }

    @Test("opens a tunnel for encrypted requests, and sees nothing of them")
    func tunnel() async throws {
        try await TestCertificates.inFolder { path in
            try await CannedServer.serving(tls: try .test(), answer: { _ in Self.success }) { server, url in
                try await TunnelProxy.running(to: Self.port(url)) { proxy, port in
                    let proxies = try Self.proxies(port, user: "jane:s3cret@")
                    let files = ClientTLSFiles(authority: path("ca.pem"))
                    try await withClient("https://ads.example.test/v1", proxies: proxies, tlsFiles: files) { client in
                        #expect(await client.send(oneRecord, to: .single).outcome == .applied)
                    }
                    // One, unless the connection was idle for too long in between.
                    #expect(!proxy.requests.isEmpty)
                    for head in proxy.requests.map({ $0.lowercased() }) {
                        #expect(head.hasPrefix("connect ads.example.test:443 http/1.1\r\n"))
                        #expect(head.contains("\r\nproxy-authorization: basic amfuztpzm2nyzxq="))
                    }
                }
                #expect(server.requests.count == 2)
                #expect(server.requests.allSatisfy { !$0.lowercased().contains("proxy-authorization") })
            }
        }
    }

    @Test("that wants a password is a fault of the configuration", arguments: ["https", "http"])
    func password(scheme: String) async throws {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
        try await CannedServer.servingEverything(CannedServer.Reply(bytes: refusal)) { _, url in
            try await withClient("\(scheme)://ads.example.test", proxies: try Self.proxies(Self.port(url))) { client in
                guard case .misconfigured(407, let message) = await client.logIn().outcome else {
                    Issue.record("not a configuration fault")
                    return
                }
                #expect(message.contains("proxy"))
            }
        }
    }

    @Test("that opens no tunnel is named, and nothing was applied", arguments: ["403 Forbidden", "502 Bad Gateway"])
    func refusal(status: String) async throws {
        let refusal = "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n"
        try await TunnelProxy.running(to: 1, refusal: refusal) { _, port in
            try await withClient("https://ads.example.test", proxies: try Self.proxies(port)) { client in
                let answer = await client.logIn()
                #expect(answer.outcome.fault?.kind == .proxy)
                #expect(answer.outcome.mayHaveBeenApplied == false)
                #expect(
                    answer.cause
                        == "no connection through the proxy 127.0.0.1:\(port): it opens none to ads.example.test:443")
            }
        }
    }

    @Test("that is not there is the one that refused the connection", arguments: ["https", "http"])
    func absent(scheme: String) async throws {
        let silent = try SilentPort()
        let proxies = try Self.proxies(silent.number)
        try await withClient("\(scheme)://ads.example.test", proxies: proxies) { client in
            let answer = await client.logIn()
            #expect(answer.outcome.fault?.kind == .connect(.refused))
            #expect(answer.cause == "connection refused by 127.0.0.1:\(silent.number)")
        }
        withExtendedLifetime(silent) {}
    }
}
