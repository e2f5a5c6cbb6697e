import DeliveryModel
import Foundation
import NIOSSL

/// Files with an authority and a certificate of one's own, PEM.
public struct ClientTLSFiles: Hashable, Sendable {
    /// Certificates that are trusted besides the system's.
    public var authority: String?
    /// Our certificate, and those between it and its authority.
    public var certificate: String?
    /// The private key of that certificate.
    public var key: String?

    public init(authority: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    /// Whether the system's certificates are all that there is.
    public var isEmpty: Bool { authority == nil && certificate == nil && key == nil }

    /// Reads the files.
    /// - Returns: `nil` when there are none.
    /// - Throws: `DeliveryError` of code `configuration` that names the file.
    func load() throws(DeliveryError) -> TLSConfiguration? {
        guard !isEmpty else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authority {
            configuration.additionalTrustRoots = [.certificates(try Self.certificates(authority))]
        }
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            configuration.certificateChain = try Self.certificates(certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.privateKey(key))
            do {
                // Finds out here, and not with each connection, that they are not a pair.
                _ = try NIOSSLContext(configuration: configuration)
            } catch {
                throw DeliveryError(.configuration, "\(key) is not the key of the certificate in \(certificate).")
            }
        case (let certificate?, nil):
            throw DeliveryError(
                .configuration, "\(certificate) is a client certificate without a key. Specify its key, too.")
        case (nil, let key?):
            throw DeliveryError(
                .configuration, "\(key) is a key without a client certificate. Specify its certificate, too.")
        }
        return configuration
    }

    private static func certificates(_ path: String) throws(DeliveryError) -> [NIOSSLCertificate] {
        let bytes = try contents(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw DeliveryError(
                .configuration, "\(path) contains no PEM certificate, which begins with -----BEGIN CERTIFICATE-----.")
        }
        return certificates
    }

    private static func privateKey(_ path: String) throws(DeliveryError) -> NIOSSLPrivateKey {
        let bytes = try contents(path)
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw DeliveryError(
                .configuration, "\(path) contains no PEM private key without a passphrase. Use a key that has none.")
        }
        return key
    }

    private static func contents(_ path: String) throws(DeliveryError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeliveryError(.configuration, "\(path) can't be read. Check its path, owner, and mode.")
        }
        return Array(data)
    }
}
