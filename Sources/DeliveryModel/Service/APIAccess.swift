/// The ShowAds API that is delivered to.
public protocol APIAccess: Sendable {
    /// Replaces the address and the key, in memory only. An empty key keeps the present one.
    func setAPI(url: String, projectKey: String) async throws(DeliveryError)
    /// Logs in once and says in one line what the API answered. Throws when the login failed.
    /// - Parameters:
    ///   - url: empty takes the present address; another one is used for this login only.
    ///   - projectKey: empty takes the present key.
    func testLogin(url: String, projectKey: String) async throws(DeliveryError) -> String
}
