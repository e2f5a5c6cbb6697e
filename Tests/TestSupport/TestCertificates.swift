import Foundation

/// An authority that nobody trusts, and certificates of it, valid until 2120.
public enum TestCertificates {
    /// The authority.
    public static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR6gAwIBAgIUD8ZxMAlhuHikjNNFOtVqV9OGDOgwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDlRlc3QgQXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEWvnEBs1T2dYrI4hYRZpWAF0/TKdUWKdooOA9IEEl
        Bb/0Ow3Z2BGxszFwgJvfYWSbUacCKMeMnurX1yaWyK8vkaNCMEAwDwYDVR0TAQH/
        BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFKK482Gx04B83o9N/AE8
        4F7rECVeMAoGCCqGSM49BAMCA0kAMEYCIQCjRm4QWLquZOus0MzLIlOx1lVDYzrt
        yi3XfG0zvY/RdQIhAM61b7Y4hPiDs7h+s2PiHYDNFxKk6Wupbl/EV9IlGifB
        -----END CERTIFICATE-----
        """

    /// For `ads.example.test` and 127.0.0.1.
    public static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBqTCCAU6gAwIBAgIUN57+KNUHBMd06lEahz5kd7lWPeswCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBsxGTAXBgNVBAMMEGFkcy5leGFtcGxlLnRlc3QwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAAQz038B4HKSuuSxqLP6nA6c66Zbk5Mt/47r0jAk
        dlr1IcOIMLGXdYk9q0bdfOBu3BMq/PXO5QqjmJURLSDtUiT6o3AwbjAhBgNVHREE
        GjAYghBhZHMuZXhhbXBsZS50ZXN0hwR/AAABMAkGA1UdEwQCMAAwHQYDVR0OBBYE
        FOTsjoSoqyHDgNIBAZssns7A4LpVMB8GA1UdIwQYMBaAFKK482Gx04B83o9N/AE8
        4F7rECVeMAoGCCqGSM49BAMCA0kAMEYCIQDEPrte+PVgxjVDEYQt/dZMqOW1YNUD
        jAQGoQLlOtBxJgIhAJJ3IRq6oimMlmSkLni53pg7KRRNMSShuGn6WkquP6nY
        -----END CERTIFICATE-----
        """

    /// Its key.
    public static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgK4/tYnV/1kBaR0Sg
        AqC02DqDjA3N76E5fJ0hMHyWlFShRANCAAQz038B4HKSuuSxqLP6nA6c66Zbk5Mt
        /47r0jAkdlr1IcOIMLGXdYk9q0bdfOBu3BMq/PXO5QqjmJURLSDtUiT6
        -----END PRIVATE KEY-----
        """

    /// A client's.
    public static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBjzCCATSgAwIBAgIULfxUSmXfNmFRC9Pb5KkHs+J4e4QwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        MDAxMDEwMDAwMDBaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABNZ/Cbt2EZiyHxDD7FnXYTiOb8MjuWQazlJjDrzdBLdp7/lamAY8
        o1R8FBj4ugTxufO/zQSIpuFm+bU4l79xJwujYDBeMBEGA1UdEQQKMAiCBmNsaWVu
        dDAJBgNVHRMEAjAAMB0GA1UdDgQWBBRU8BaKMU3uaiWGzyjrave0LQ3lxDAfBgNV
        HSMEGDAWgBSiuPNhsdOAfN6PTfwBPOBe6xAlXjAKBggqhkjOPQQDAgNJADBGAiEA
        qB2Kwisdd37aE6Tqv/v2nW0go6MVauRiC7w6qrvL5LYCIQDSYsP5nbmR16Mhelba
        WTwuO63+SnTLeiRevNSSu6LxFw==
        -----END CERTIFICATE-----
        """

    /// Its key.
    public static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHEF2YlK3Ok+gltxP
        +QyrpNp4jBF+2L7PNCLszNfKwhOhRANCAATWfwm7dhGYsh8Qw+xZ12E4jm/DI7lk
        Gs5SYw683QS3ae/5WpgGPKNUfBQY+LoE8bnzv80EiKbhZvm1OJe/cScL
        -----END PRIVATE KEY-----
        """

    /// Runs `body` with a folder that holds them as `ca.pem`, `server.pem`, `server.key`, `client.pem` and `client.key`.
    public static func inFolder<Value>(_ body: (_ path: (String) -> String) async throws -> Value) async throws -> Value
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("ca.pem", authority), ("server.pem", server), ("server.key", serverKey), ("client.pem", client),
            ("client.key", clientKey),
        ] {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return try await body { folder.appending(path: $0).path }
    }
}
