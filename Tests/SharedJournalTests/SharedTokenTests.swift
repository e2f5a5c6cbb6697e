#if PostgreSQL
import DeliveryModel
import StoreTestSupport
import Synchronization
import Testing

@testable import SharedJournal

/// An API that gives each login a token of its own.
private final class Logins: Sendable {
    let count = Mutex(0)

    func token(_ node: PostgresJournal, replacing old: String?) async -> String {
        let shared = SharedToken(node, api: SharedTokenTests.api, key: "secret")
        if case .use(let token) = await shared.turn(replacing: old, mustLogIn: false) { return token }
        let number = count.withLock { count in
            count += 1
            return count
        }
        await shared.conclude("token-\(number)")
        return "token-\(number)"
    }
}

@Suite("The token that nodes share")
struct SharedTokenTests {
    fileprivate static let api = "https://ads.test"

    /// Two nodes with the same key, and the vault of each.
    private func withPair(
        _ body: (_ nodes: [PostgresJournal], _ one: SharedToken, _ other: SharedToken) async throws -> Void
    ) async throws {
        let crew = try Crew()
        let nodes = [try await crew.join("first"), try await crew.join("second")]
        defer { for node in nodes { node.close() } }
        try await body(
            nodes, SharedToken(nodes[0], api: Self.api, key: "secret"),
            SharedToken(nodes[1], api: Self.api, key: "secret"))
    }

    @Test("however many need one together, one logs in, and the others use what it got")
    func single() async throws {
        let crew = try Crew()
        let nodes = [
            try await crew.join("first"), try await crew.join("second"), try await crew.join("third"),
        ]
        defer { for node in nodes { node.close() } }
        let logins = Logins()
        for (old, new) in [(String?.none, "token-1"), ("token-1", "token-2")] {
            let tokens = await withTaskGroup(of: String.self) { group in
                for node in nodes { group.addTask { await logins.token(node, replacing: old) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tokens == [new, new, new])
        }
        // Whoever missed a renewal uses the newest one.
        #expect(await logins.token(nodes[0], replacing: "token-1") == "token-2")
        #expect(logins.count.withLock { $0 } == 2)
    }

    @Test("it lies in the database sealed, and only the same key opens it")
    func sealed() async throws {
        let crew = try Crew()
        let node = try await crew.join("node")
        defer { node.close() }
        let shared = SharedToken(node, api: Self.api, key: "secret")
        #expect(await shared.turn(replacing: nil, mustLogIn: false) == .logIn)
        await shared.conclude("token-in-clear")
        let stored = try await node.read {
            try $0.run("SELECT encode(sealed, 'escape') AS text, generation FROM token").rows.first
        }
        #expect(stored?.text("text").contains("token-in-clear") == false)
        #expect(stored?.int("generation") == 1)
        #expect(await shared.turn(replacing: nil, mustLogIn: false) == .use("token-in-clear"))
        #expect(await SharedToken(node, api: Self.api, key: "other").turn(replacing: nil, mustLogIn: false) == .logIn)
    }

    @Test("a node that is gone while it logs in, or whose login failed, keeps nobody waiting")
    func gone() async throws {
        try await withPair { nodes, one, other in
            #expect(await one.turn(replacing: nil, mustLogIn: false) == .logIn)
            await one.conclude(nil)
            #expect(await other.turn(replacing: nil, mustLogIn: false) == .logIn)
            await other.conclude(nil)
            #expect(await one.turn(replacing: nil, mustLogIn: false) == .logIn)
            _ = try await nodes[1].takeOverNow(nodes[0])
            #expect(await other.turn(replacing: nil, mustLogIn: false) == .logIn)
        }
    }

    @Test("a login that the API has to be asked for replaces the token of all")
    func renewed() async throws {
        try await withPair { _, one, other in
            #expect(await one.turn(replacing: nil, mustLogIn: false) == .logIn)
            await one.conclude("a")
            #expect(await other.turn(replacing: "a", mustLogIn: true) == .logIn)
            await other.conclude("b")
            #expect(await one.turn(replacing: "a", mustLogIn: false) == .use("b"))
        }
    }
}
#endif
