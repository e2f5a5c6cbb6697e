import NIOCore
import ShowAdsAPI
import Testing

@Suite("A request")
struct RequestFormTests {
    @Test("carries its token, its type and its length, and its body byte for byte")
    func form() async throws {
        let success = CannedServer.Reply(bytes: CannedServer.success(""), closes: false)
        try await CannedServer.serving(success) { server, url in
            try await withClient(url + "/prefix/") { client in _ = await client.logIn() }
            try await withClient(url, key: #"k"\é"#) { client in
                #expect(await client.send(bulk("a", "b"), to: .bulk).outcome == .applied)
                #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            }
            let requests = server.requests
            try #require(requests.count == 4)
            #expect(requests[0].hasPrefix("POST /prefix/auth HTTP/1.1\r\n"))
            let (head, body) = Self.parts(requests[1])
            #expect(head.hasPrefix("post /auth http/1.1\r\n"))
            #expect(!head.contains("authorization"))
            #expect(body == #"{"ProjectKey":"k\"\\é"}"#)
            let (bulkHead, bulkBody) = Self.parts(requests[2])
            #expect(bulkHead.hasPrefix("post /banners/show/bulk http/1.1\r\n"))
            #expect(bulkHead.contains("\r\nauthorization: bearer canned"))
            #expect(bulkHead.contains("\r\ncontent-type: application/json"))
            #expect(bulkHead.contains("\r\ncontent-length: \(bulkBody.utf8.count)"))
            #expect(bulkHead.contains("\r\nuser-agent: data-connector"))
            #expect(bulkHead.contains("\r\nhost: 127.0.0.1:"))
            #expect(!bulkHead.contains("transfer-encoding"))
            #expect(bulkBody == String(buffer: bulk("a", "b")))
            #expect(requests[3].hasPrefix("POST /banners/show HTTP/1.1\r\n"))
        }
    }

    /// The head in lower case, and the body.
    private static func parts(_ request: String) -> (head: String, body: String) {
        guard let end = request.firstRange(of: "\r\n\r\n") else { return (request, "") }
        return (request[..<end.lowerBound].lowercased(), String(request[end.upperBound...]))
    }
}
