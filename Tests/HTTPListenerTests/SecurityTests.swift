import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import HTTPListener

@Suite("Who is let in")
struct SecurityTests {
    static let token = "correct-horse-battery"

    @Test("with a token, everything but health and readiness needs it")
    func token() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, tokens: [Self.token]) { listener async throws in
            for path in ["/health", "/ready", "/ready/delivery"] {
                #expect(try await listener.request("GET", path).status == 200)
            }
            for path in ["/", "/openapi.json", "/metrics", "/runs", "/runs/1/rejected.csv", "/nothing"] {
                let reply = try await listener.request("GET", path)
                #expect(reply.status == 401, "\(path)")
                #expect(reply.headers["www-authenticate"]?.contains("Bearer") == true)
                #expect(reply.message != nil)
            }
            let wrong = [
                "Bearer", "Bearer ", "Bearer correct-horse-batterx", "Bearer correct-horse-battery2",
                "Bearer correct-horse", "Basic " + Data("x:\(Self.token)".utf8).base64EncodedString(), Self.token,
            ]
            for value in wrong {
                let reply = try await listener.submit(PythonBehaviorTests.valid, headers: [("Authorization", value)])
                #expect(reply.status == 401, "\(value)")
            }
            #expect(service.state.withLock { $0.submitted.isEmpty })
            for value in ["Bearer \(Self.token)", "bearer  \(Self.token)"] {
                let reply = try await listener.submit(PythonBehaviorTests.valid, headers: [("Authorization", value)])
                #expect(reply.status == 202)
            }
        }
    }

    @Test("a browser opens the documentation with the token as a password")
    func password() async throws {
        try await TestListener.with(tokens: [Self.token]) { listener async throws in
            // Each challenge has a field of its own, without which no browser asks for a password.
            let challenges = try await listener.request("GET", "/").headers["www-authenticate"]
            #expect(challenges == "Basic realm=\"Data Connector\", charset=\"UTF-8\"\nBearer")
            let basic = [("Authorization", "Basic " + Data("any:\(Self.token)".utf8).base64EncodedString())]
            let page = try await listener.request("GET", "/", headers: basic)
            #expect(page.status == 200)
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page.headers["content-security-policy"]?.contains("script-src 'sha256-") == true)
            #expect(try await listener.request("GET", "/openapi.json", headers: basic).status == 200)
            #expect(try await listener.request("GET", "/runs", headers: basic).status == 401)
        }
    }

    @Test("an address that others can reach needs a token or an explicit wish")
    func configuration() throws {
        func make(host: String = "127.0.0.1", port: Int = 0, tokens: [ListenerToken] = [], isInsecure: Bool = false)
            throws -> ListenerConfiguration
        {
            try ListenerConfiguration(
                host: host, port: port, tokens: tokens, isInsecure: isInsecure, spoolDirectory: "/tmp",
                runsDirectory: "/tmp")
        }
        let token = try #require(ListenerToken(Self.token))
        for host in ["0.0.0.0", "::", "192.168.1.2", "example.com"] {
            #expect(throws: DeliveryError.self) { try make(host: host) }
            _ = try make(host: host, tokens: [token])
            _ = try make(host: host, isInsecure: true)
        }
        for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost", "localhost."] {
            _ = try make(host: host)
        }
        #expect(throws: DeliveryError.self) { try make(port: 65_536) }
        let other = try #require(ListenerToken("erp:read=0123456789abcdef"))
        let same = try #require(ListenerToken("erp:submit=0123456789abcdeF"))
        #expect(throws: DeliveryError.self) { try make(tokens: [other, same]) }
    }

    static func head(_ headers: HTTPHeaders, uri: String = "/send_record") -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: headers)
    }

    @Test(
        "a request for a name that is not ours is refused",
        arguments: [
            ("127.0.0.1", "localhost:5000", true), ("127.0.0.1", "LOCALHOST", true),
            ("127.0.0.1", "127.0.0.1:80", true),
            ("127.0.0.1", "[::1]:5000", true), ("127.0.0.1", "proxy.example:5000", true),
            ("127.0.0.1", "localhost.:5000", true), ("127.0.0.1", "proxy.example.", true),
            ("127.0.0.1", "evil.example", false), ("127.0.0.1", "127.0.0.1.evil.example", false),
            ("127.0.0.1", "192.168.1.2", false), ("127.0.0.1", "localhost.evil.example:5000", false),
            ("0.0.0.0", "192.168.1.2:5000", true), ("0.0.0.0", "connector:5000", true),
            ("0.0.0.0", "evil.example", false), ("0.0.0.0", "[fe80::1]:5000", true),
        ])
    func hosts(bound: String, host: String, isOurs: Bool) throws {
        let policy = OriginPolicy(
            try ListenerConfiguration(
                host: bound, isInsecure: true, hostNames: ["proxy.example"], spoolDirectory: "/tmp",
                runsDirectory: "/tmp"))
        let head = Self.head(["Host": host])
        if isOurs {
            try policy.checkHost(head, target: RequestTarget("/send_record"))
        } else {
            #expect(throws: Refusal.self) { try policy.checkHost(head, target: RequestTarget("/send_record")) }
        }
        #expect(throws: Refusal.self) {
            try policy.checkHost(head, target: RequestTarget("http://evil.example/send_record"))
        }
    }

    @Test(
        "a page of another site can't submit",
        arguments: [
            (["Origin": "http://localhost:5000"], true), (["Origin": "http://evil.example"], false),
            (["Origin": "https://proxy.example"], true),
            (["Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"], false),
            (["Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"], true),
            (["Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-site"], false),
            (["Origin": "http://127.0.0.1:8080"], false),
            (["Origin": "https://proxy.example", "Sec-Fetch-Site": "cross-site"], false),
            (["Origin": "null"], false), (["Origin": "http://localhost:5001"], false),
            (["Sec-Fetch-Site": "cross-site"], false), (["Sec-Fetch-Site": "same-site"], false),
            (["Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5000"], true),
            (["Sec-Fetch-Site": "none"], true), ([:], true),
        ] as [(HTTPHeaders, Bool)])
    func origins(headers: HTTPHeaders, isAccepted: Bool) throws {
        let policy = OriginPolicy(
            try ListenerConfiguration(hostNames: ["proxy.example"], spoolDirectory: "/tmp", runsDirectory: "/tmp"))
        var headers = headers
        headers.add(name: "Host", value: "localhost:5000")
        let result = Result { try policy.checkOrigin(Self.head(headers), forwardedHost: nil) }
        #expect(((try? result.get()) != nil) == isAccepted)
        if case .failure(let error) = result { #expect((error as? Refusal)?.status == .forbidden) }
    }

    @Test("the checks are made before a route is reached")
    func wired() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service) { listener async throws in
            let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nx\r\n--b--\r\n"
            func post(_ extra: String, host: String = "127.0.0.1") async throws -> Int? {
                LimitTests.status(
                    try await RawClient.exchange(
                        listener.port,
                        [
                            "POST /send_record/bulk HTTP/1.1\r\nHost: \(host)\r\n\(extra)Connection: close\r\n"
                                + "Content-Type: multipart/form-data; boundary=b\r\n"
                                + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)"
                        ]))
            }
            #expect(try await post("Origin: http://evil.example\r\n") == 403)
            #expect(try await post("", host: "evil.example") == 421)
            #expect(service.state.withLock { $0.started.isEmpty })
            #expect(try await post("Origin: http://127.0.0.1\r\n") == 202)
        }
    }
}
