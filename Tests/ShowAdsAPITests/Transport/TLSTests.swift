import DeliveryModel
import Foundation
import NIOSSL
import ShowAdsAPI
import TestSupport
import Testing

@Suite("A private authority and a client certificate")
struct TLSTests {
    private static let success = CannedServer.Reply(bytes: CannedServer.success("{}"), closes: false)

    @Test("an authority that is named is trusted, and no other")
    func authority() async throws {
        try await TestCertificates.inFolder { path in
            try await CannedServer.serving(tls: try .test(), answer: { _ in Self.success }) { _, url in
                try await withClient(url, tlsFiles: ClientTLSFiles(authority: path("ca.pem"))) { client in
                    #expect(await client.send(oneRecord, to: .single).outcome == .applied)
                }
                try await withClient(url) { client in
                    let answer = await client.logIn()
                    #expect(answer.outcome.fault?.kind == .tls)
                    #expect(answer.outcome.mayHaveBeenApplied == false)
                    #expect(answer.cause?.contains("\(client.endpoint.peer): its certificate is not trusted") == true)
                }
            }
        }
    }

    @Test("a certificate for another name is said to be that")
    func otherName() async throws {
        try await TestCertificates.inFolder { path in
            let server = try NIOSSLContext.test(certificate: TestCertificates.client, key: TestCertificates.clientKey)
            try await CannedServer.serving(tls: server, answer: { _ in Self.success }) { _, url in
                try await withClient(url, tlsFiles: ClientTLSFiles(authority: path("ca.pem"))) { client in
                    let answer = await client.logIn()
                    #expect(answer.cause?.hasSuffix("its certificate is for another name") == true)
                }
            }
        }
    }

    @Test("a server that asks for a client certificate gets it, and without one refuses")
    func clientCertificate() async throws {
        try await TestCertificates.inFolder { path in
            let server = try NIOSSLContext.test(wantsClient: true)
            try await CannedServer.serving(tls: server, answer: { _ in Self.success }) { _, url in
                let files = ClientTLSFiles(
                    authority: path("ca.pem"), certificate: path("client.pem"), key: path("client.key"))
                try await withClient(url, tlsFiles: files) { client in
                    #expect(await client.send(oneRecord, to: .single).outcome == .applied)
                }
                try await withClient(url, tlsFiles: ClientTLSFiles(authority: path("ca.pem"))) { client in
                    let answer = await client.logIn()
                    #expect(answer.outcome.fault?.kind == .tls)
                    #expect(answer.cause?.hasSuffix("it asks for a client certificate") == true)
                }
            }
        }
    }

    @Test("certificates are read again, and stay when the new ones can't be used")
    func reload() async throws {
        try await TestCertificates.inFolder { path in
            try await CannedServer.serving(tls: try .test(), answer: { _ in Self.success }) { _, url in
                let authority = path("ca.pem")
                let good = try Data(contentsOf: URL(filePath: authority))
                try Data(TestCertificates.client.utf8).write(to: URL(filePath: authority))
                try await withClient(url, tlsFiles: ClientTLSFiles(authority: authority)) { client in
                    #expect(await client.logIn().outcome.fault?.kind == .tls)
                    try good.write(to: URL(filePath: authority))
                    try client.reloadCertificates()
                    #expect(await client.logIn().outcome == .applied)
                    try Data("nonsense".utf8).write(to: URL(filePath: authority))
                    #expect(throws: DeliveryError.self) { try client.reloadCertificates() }
                    #expect(await client.logIn().outcome == .applied)
                }
            }
        }
    }

    @Test("a file that can't be used is named with what is wrong")
    func wrongFiles() async throws {
        try await TestCertificates.inFolder { path in
            try Data(TestCertificates.serverKey.utf8).write(to: URL(filePath: path("other.key")))
            let cases: [(ClientTLSFiles, [String])] = [
                (ClientTLSFiles(authority: path("missing.pem")), [path("missing.pem"), "can't be read"]),
                (ClientTLSFiles(authority: path("client.key")), [path("client.key"), "no PEM certificate"]),
                (ClientTLSFiles(certificate: path("client.pem")), [path("client.pem"), "without a key"]),
                (ClientTLSFiles(key: path("client.key")), [path("client.key"), "without a client certificate"]),
                (
                    ClientTLSFiles(certificate: path("client.pem"), key: path("client.pem")),
                    [path("client.pem"), "no PEM private key"]
                ),
                (
                    ClientTLSFiles(certificate: path("client.pem"), key: path("other.key")),
                    [path("other.key"), path("client.pem"), "is not the key of"]
                ),
            ]
            for (files, parts) in cases {
                let error = await #expect(throws: DeliveryError.self) {
                    try await withClient("https://127.0.0.1", tlsFiles: files) { _ in }
                }
                #expect(error?.code == .configuration)
                for part in parts { #expect(error?.message.contains(part) == true) }
            }
        }
    }
}

extension NIOSSLContext {
    /// What a test server answers with.
    static func test(
        certificate: String = TestCertificates.server, key: String = TestCertificates.serverKey,
        wantsClient: Bool = false
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        if wantsClient {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
