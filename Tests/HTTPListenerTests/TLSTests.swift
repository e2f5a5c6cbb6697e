import AsyncHTTPClient
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@testable import HTTPListener

@Suite("A listener with a certificate")
struct TLSTests {
    @Test("it speaks TLS, and gives no answer in plain text")
    func encrypted() async throws {
        try await TestCertificates.inFolder { path in
            let files = ServerCertificateFiles(certificate: path("server.pem"), key: path("server.key"))
            try await TestListener.with(tls: files) { listener in
                #expect(listener.listener.snapshot().address == "https://127.0.0.1:\(listener.port)")
                let status = try await Self.health(of: listener, trusting: path("ca.pem"))
                #expect(status == 200)
                await #expect(throws: (any Error).self) { try await listener.request("GET", "/health") }
            }
        }
    }

    @Test("a whole upload arrives through it, and a second request on the same connection")
    func upload() async throws {
        try await TestCertificates.inFolder { path in
            let files = ServerCertificateFiles(certificate: path("server.pem"), key: path("server.key"))
            let service = FakeDeliveryService()
            try await TestListener.with(service, tls: files) { listener in
                try await Self.withClient(trusting: path("ca.pem")) { client in
                    let rows = String(repeating: "Jane Doe,30,c,1\n", count: 20_000)
                    for _ in 1...2 {
                        var request = HTTPClientRequest(url: "https://127.0.0.1:\(listener.port)/send_record/bulk")
                        request.method = .POST
                        request.headers.add(name: "Content-Type", value: "text/csv")
                        request.body = .bytes(ByteBuffer(string: "name,age,cookie,banner_id\n" + rows))
                        let status = try await client.execute(request, timeout: .seconds(60)).status
                        #expect(status == .accepted)
                    }
                }
            }
        }
    }

    @Test("another certificate counts from the next connection on, and one that can't be used changes nothing")
    func renewed() async throws {
        try await TestCertificates.inFolder { path in
            let files = ServerCertificateFiles(certificate: path("server.pem"), key: path("server.key"))
            try await TestListener.with(tls: files) { listener in
                try Data("nothing".utf8).write(to: URL(filePath: files.certificate))
                #expect(throws: DeliveryError.self) { try listener.listener.renew(tokens: []) }
                let status = try await Self.health(of: listener, trusting: path("ca.pem"))
                #expect(status == 200)

                // It is for another name, so it shows that it is the one in use.
                try Data(TestCertificates.client.utf8).write(to: URL(filePath: files.certificate))
                try Data(TestCertificates.clientKey.utf8).write(to: URL(filePath: files.key))
                try listener.listener.renew(tokens: [])
                await #expect(throws: (any Error).self) {
                    try await Self.health(of: listener, trusting: path("ca.pem"))
                }
            }
        }
    }

    @Test("it does not start without a certificate that can be used")
    func unusable() async throws {
        try await TestCertificates.inFolder { path in
            let files = ServerCertificateFiles(certificate: path("server.pem"), key: path("client.key"))
            await #expect(throws: DeliveryError.self) { try await TestListener.with(tls: files) { _ in } }
        }
    }

    private static func health(of listener: TestListener, trusting authority: String) async throws -> UInt {
        try await withClient(trusting: authority) { client in
            let request = HTTPClientRequest(url: "https://127.0.0.1:\(listener.port)/health")
            return try await client.execute(request, timeout: .seconds(60)).status.code
        }
    }

    private static func withClient<Value>(
        trusting authority: String, _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // A handshake that fails is an answer, not a reason to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await body(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
