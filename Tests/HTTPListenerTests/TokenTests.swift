import DeliveryModel
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite("Tokens and what they allow")
struct TokenTests {
    @Test(
        "a value is split at its commas only when every part is a token by itself",
        arguments: [
            ("0123456789abcdef", ["-:admin"]),
            ("0123456789abcdef,fedcba9876543210", ["-:admin", "-:admin"]),
            ("0123456789abcdef,short", ["-:admin"]),
            ("erp:submit=0123456789abcdef,mon:read=0123456789abcdef", ["erp:submit", "mon:read"]),
            ("erp:submit=0123456789abcdef,0123456789abcdef", ["erp:submit", "-:admin"]),
            ("MDEyMzQ1Njc4OWFiY2RlZg==", ["-:admin"]),
            ("erp:submit=short-0123", ["-:admin"]), ("Erp:submit=0123456789abcdef", ["-:admin"]),
            ("erp:write=0123456789abcdef", ["-:admin"]), ("short", nil), ("0123456789abcde f", nil),
            ("", nil), ("0123456789abcdef,", ["-:admin"]),
        ] as [(String, [String]?)])
    func list(text: String, expected: [String]?) {
        let tokens = ListenerToken.list(text)
        #expect(tokens.map { $0.map { "\($0.name ?? "-"):\($0.scope)" } } == expected)
        let named = ListenerToken("erp:submit=0123456789abcdef=")
        #expect(named?.secret == Array("0123456789abcdef=".utf8))
    }

    @Test("a file has one token a line, and a fault names its line")
    func lines() throws {
        let tokens = try ListenerToken.lines("\nerp:submit=0123456789abcdef\r\n0123456789,abcdef\n", of: "f")
        #expect(tokens.map(\.name) == ["erp", nil])
        let fault = #expect(throws: DeliveryError.self) {
            try ListenerToken.lines("0123456789abcdef\nshort\n", of: "tokens")
        }
        #expect(fault?.message.hasPrefix("tokens, line 2: ") == true)
        #expect(fault?.message.contains("short") == false)
        #expect(throws: DeliveryError.self) { try ListenerToken.lines("\n", of: "f") }
    }

    static let tokens = [
        "erp:submit=submit-0123456789", "mon:read=read-0123456789abc", "ops:admin=admin-0123456789ab",
    ]
    static let bearers: [ListenerToken.Scope: String] = [
        .submit: "submit-0123456789", .read: "read-0123456789abc", .admin: "admin-0123456789ab",
    ]

    @Test(
        "each route is open to the scopes that it is for, and to no others",
        arguments: RouteTable.routes.indices)
    func scopes(index: Int) async throws {
        let route = RouteTable.routes[index]
        let operation = route.endpoint
        try await TestListener.with(tokens: Self.tokens) { listener async throws in
            let path = route.template.split(separator: "{run}", omittingEmptySubsequences: false).joined(separator: "1")
            for scope in ListenerToken.Scope.allCases {
                let bearer = try #require(Self.bearers[scope])
                let reply = try await listener.request(
                    route.method.rawValue, path, headers: [("Authorization", "Bearer \(bearer)")])
                #expect((reply.status == 403) == !operation.scopes.contains(scope), "\(scope): \(reply.status)")
                #expect(reply.status != 401)
            }
            let anonymous = try await listener.request(route.method.rawValue, path)
            #expect((anonymous.status == 401) == !operation.isOpen)
        }
    }

    @Test("new tokens count from the next request on, and none at all is no way to let everybody in")
    func rotation() async throws {
        try await TestListener.with(tokens: Self.tokens) { listener async throws in
            func status(_ token: String) async throws -> Int {
                try await listener.request("GET", "/runs", headers: [("Authorization", "Bearer \(token)")]).status
            }
            #expect(try await status("read-0123456789abc") == 200)
            try listener.listener.renew(tokens: [try #require(ListenerToken("new-0123456789abcdef"))])
            #expect(try await status("read-0123456789abc") == 401)
            #expect(try await status("new-0123456789abcdef") == 200)
            #expect(throws: DeliveryError.self) { try listener.listener.renew(tokens: []) }
            #expect(try await status("new-0123456789abcdef") == 200)
        }
    }
}
