import NIOSSL

/// Why a secure connection did not come about, in words that say what to look at.
enum TLSFaultText {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return "its certificate is for another name"
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return untrusted
        default:
            // The library tells reasons apart in its text only.
            let text = String(describing: error)
            return reasons.first { text.contains($0.key) }?.words ?? "the handshake failed"
        }
    }

    private static let untrusted =
        "its certificate is not trusted; if its authority is private, trust it with --api-ca FILE"

    private static let reasons = [
        ("CERTIFICATE_VERIFY_FAILED", untrusted),
        ("CERTIFICATE_REQUIRED", "it asks for a client certificate"),
        ("ALERT_HANDSHAKE_FAILURE", "it refused the handshake; it may ask for a client certificate"),
        ("ALERT_UNKNOWN_CA", "it does not trust the client certificate"),
        ("ALERT_BAD_CERTIFICATE", "it refused the client certificate"),
        ("ALERT_CERTIFICATE", "it refused the client certificate"),
        ("WRONG_VERSION_NUMBER", "it does not respond with TLS"),
        ("HTTP_REQUEST", "it does not respond with TLS"),
    ].map { (key: $0.0, words: $0.1) }
}
