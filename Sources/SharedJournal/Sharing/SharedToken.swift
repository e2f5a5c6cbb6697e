#if PostgreSQL
import Crypto
import DeliveryModel
import Foundation

/// The token of one API and key, which all nodes use: an API may accept only the newest one, so that nodes that log in
/// each for itself would refuse each other's. One logs in for all of them.
///
/// It lies in the journal sealed with a key that is derived from the project key: who reads the database can't use it.
public struct SharedToken: Sendable {
    public enum Turn: Hashable, Sendable {
        case use(String)
        /// This node logs in, and tells what came of it with `conclude`.
        case logIn
    }

    private let journal: PostgresJournal
    private let api: String
    private let sealKey: SymmetricKey

    /// How long others wait for a node that logs in.
    private static let patience = Duration.seconds(45)

    /// - Parameters:
    ///   - api: the address that it belongs to.
    ///   - key: the project key.
    public init(_ journal: PostgresJournal, api: String, key: String) {
        self.journal = journal
        self.api = api
        sealKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(key.utf8)), salt: Data(api.utf8),
            info: Data("data-connector token".utf8), outputByteCount: 32)
    }

    /// Returns when there is another token than the old one, or when it is this node's turn to fetch it.
    /// - Parameter mustLogIn: whether no token is good enough.
    public func turn(replacing old: String?, mustLogIn: Bool) async -> Turn {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            do {
                let stored = try await stored()
                if !mustLogIn, let stored, let token = unseal(stored), token != old { return .use(token) }
                if try await claim(stored) { return .logIn }
            } catch {
                // A database that is away says nothing: requests wait for it anyway, the login need not.
                return .logIn
            }
            guard await journal.sleep(for: .milliseconds(100)) else { return .logIn }
        }
        return .logIn
    }

    /// - Parameter token: `nil` when the login failed.
    public func conclude(_ token: String?) async {
        let (api, node) = (api, journal.membership.id)
        let sealed = token.flatMap { seal($0) }
        // Without it others wait a little longer, or log in, too.
        try? await journal.sharing.perform { seat in
            try seat.use { session in
                _ = try session.run(
                    """
                    UPDATE token SET sealed = coalesce($3, sealed), login_by = NULL,
                        generation = generation + CASE WHEN $3::bytea IS NULL THEN 0 ELSE 1 END
                    WHERE api = $1 AND (login_by = $2 OR $3::bytea IS NOT NULL)
                    """, [.text(orNull: api), .text(node), sealed.map { .bytes($0) } ?? .null],
                    within: SharedLimits.patience)
            }
        }
    }

    // MARK: The row

    private func stored() async throws -> [UInt8]? {
        let api = api
        return try await journal.sharing.perform { seat in
            try seat.use { session in
                try session.run(
                    "SELECT sealed FROM token WHERE api = $1", [.text(orNull: api)], within: SharedLimits.patience
                ).rows.first?.bytes("sealed")
            }
        }
    }

    /// - Returns: whether no other node logs in, or was faster.
    private func claim(_ stored: [UInt8]?) async throws -> Bool {
        let (api, node) = (api, journal.membership.id)
        return try await journal.sharing.perform { seat in
            try seat.use { session in
                try session.run(
                    """
                    INSERT INTO token (api, generation, login_by, login_at) VALUES ($1, 0, $2, clock_timestamp())
                    ON CONFLICT (api) DO UPDATE SET login_by = excluded.login_by, login_at = excluded.login_at
                    WHERE token.sealed IS NOT DISTINCT FROM $3 AND (
                        token.login_by IS NULL OR token.login_by = excluded.login_by
                        OR token.login_at < clock_timestamp() - interval '45 seconds'
                        OR NOT EXISTS (SELECT 1 FROM node WHERE id = token.login_by))
                    """, [.text(orNull: api), .text(node), stored.map { .bytes($0) } ?? .null],
                    within: SharedLimits.patience
                ).count > 0
            }
        }
    }

    // MARK: The seal

    private func seal(_ token: String) -> [UInt8]? {
        (try? AES.GCM.seal(Data(token.utf8), using: sealKey, authenticating: Data(api.utf8)))?.combined.map(Array.init)
    }

    /// - Returns: `nil` when it was sealed with another key.
    private func unseal(_ sealed: [UInt8]) -> String? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(box, using: sealKey, authenticating: Data(api.utf8))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
