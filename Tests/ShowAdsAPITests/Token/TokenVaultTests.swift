import DeliveryModel
import ShowAdsAPI
import ShowAdsSandbox
import Synchronization
import TestSupport
import Testing

/// A vault of several clients in one process.
private final class SharedVault: TokenVault {
    private struct State {
        var token: String?
        var asked: [String?] = []
    }

    private let state = Mutex(State())

    /// Which tokens were to be replaced.
    var asked: [String?] { state.withLock { $0.asked } }

    func token(replacing old: String?, mustLogIn: Bool, _ logIn: () async -> TokenLogin) async -> TokenLogin {
        let known = state.withLock { state in
            state.asked.append(old)
            return mustLogIn || state.token == old ? nil : state.token
        }
        if let known {
            return .token(known, APIResponse(.applied, label: "vault", duration: .zero, phase: .auth))
        }
        let login = await logIn()
        if case .token(let text, _) = login { state.withLock { $0.token = text } }
        return login
    }
}

@Suite("A token that clients share")
struct TokenVaultTests {
    private static func withTwo(
        _ vault: SharedVault, _ body: (ShowAdsClient, ShowAdsClient, Sandbox) async throws -> Void
    ) async throws {
        try await withSandbox { sandbox, url in
            try await withClient(url, vault: vault) { first in
                try await withClient(url, vault: vault) { second in try await body(first, second, sandbox) }
            }
        }
    }

    @Test("is fetched by one of them, and used by all")
    func once() async throws {
        let vault = SharedVault()
        try await Self.withTwo(vault) { first, second, sandbox in
            #expect(await first.send(bulk("a"), to: .bulk).outcome == .applied)
            #expect(await second.send(bulk("b"), to: .bulk).outcome == .applied)
            #expect(sandbox.statistics.count("/auth") == 1)
            #expect(vault.asked == [nil, nil])
        }
    }

    @Test("is replaced by the first that is refused, and the others hear of the new one")
    func refreshed() async throws {
        let vault = SharedVault()
        try await Self.withTwo(vault) { first, second, sandbox in
            for client in [first, second] { #expect(await client.send(bulk("a"), to: .bulk).outcome == .applied) }
            sandbox.expireToken()
            for client in [first, second] {
                #expect(await client.send(bulk("b"), to: .bulk).outcome == .tokenRefused)
                #expect(await client.send(bulk("b"), to: .bulk).outcome == .applied)
            }
            #expect(sandbox.statistics.count("/auth") == 2)
            #expect(vault.asked.count == 4 && vault.asked[2] != nil && vault.asked[2] == vault.asked[3])
        }
    }

    @Test("is fetched again when a login is asked for, however good it is")
    func asked() async throws {
        try await Self.withTwo(SharedVault()) { first, second, sandbox in
            #expect(await first.logIn().outcome == .applied)
            #expect(await second.logIn().outcome == .applied)
            #expect(sandbox.statistics.count("/auth") == 2)
        }
    }
}
