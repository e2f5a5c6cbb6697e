import DeliveryModel
import NIOSSL

/// Where the listener's certificate and key lie, both PEM.
public struct ServerCertificateFiles: Hashable, Sendable {
    /// The certificate, and those between it and the authority.
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// The certificate that new connections are shown.
struct TLSIdentity: Sendable {
    private let context: NIOSSLContext

    /// - Throws: `DeliveryError` with `configuration` that names the file.
    init(_ files: ServerCertificateFiles) throws(DeliveryError) {
        let certificates = try Self.read(files.certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        guard !certificates.isEmpty else {
            throw DeliveryError(
                .configuration, "The TLS certificate file \(files.certificate) contains no certificate.")
        }
        let key = try Self.read(files.key, "key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw DeliveryError(
                .configuration, "The TLS key \(files.key) does not belong to the certificate \(files.certificate).")
        }
    }

    func makeHandler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }

    private static func read<Value>(
        _ path: String, _ what: String, _ load: (String) throws -> Value
    ) throws(DeliveryError) -> Value {
        do {
            return try load(path)
        } catch {
            throw DeliveryError(
                .configuration, "The TLS \(what) file \(path) can't be read, or is not a PEM \(what).")
        }
    }
}
