import Foundation
import NIOHTTP1
import Testing

@testable import RunHooks

@Suite("A webhook gets each summary, signed, until it says that it has it")
struct WebhookTests {
    private static func webhook(_ receiver: Receiver, secret: String? = nil) throws -> Webhook {
        try #require(
            Webhook(
                receiver.url, secret: secret.map { Data($0.utf8) }, timeout: .seconds(10), pause: .milliseconds(1)))
    }

    @Test("the body is the summary, and its type is said")
    func body() async throws {
        try await withReceiver { receiver in
            try await Self.webhook(receiver).tell(#"{"run":1}"#)
            let request = try #require(receiver.requests.first)
            #expect(request.head.method == .POST)
            #expect(request.head.uri == "/hook")
            #expect(request.head.headers["content-type"] == ["application/json"])
            #expect(request.head.headers["x-signature-sha256"] == [])
            #expect(request.body == #"{"run":1}"#)
        }
    }

    /// The value is `printf '{"run":1}' | openssl dgst -sha256 -hmac secret`.
    @Test(
        "the signature is the HMAC of the body; one newline at the secret's end does not count",
        arguments: ["secret", "secret\n", "secret\r\n"])
    func signature(_ secret: String) async throws {
        try await withReceiver { receiver in
            try await Self.webhook(receiver, secret: secret).tell(#"{"run":1}"#)
            #expect(
                receiver.requests.first?.head.headers["x-signature-sha256"]
                    == ["fa93101dc86c500ecfcea387ab05dbd003c004af81c3186d0f5b92c7a62264a7"])
        }
    }

    @Test("a proxy is asked for the way, and gets what it is authorized with")
    func proxy() async throws {
        try await withReceiver { receiver in
            let port = try #require(URL(string: receiver.url)?.port)
            let webhook = Webhook(
                "https://hooks.example.com/hook", secret: nil, attempts: 1, timeout: .seconds(2)
            ) { usesTLS, host, wanted in
                usesTLS && host == "hooks.example.com" && wanted == 443
                    ? Webhook.Proxy(host: "127.0.0.1", port: port, authorization: "Basic c2VjcmV0") : nil
            }
            try? await webhook?.tell("{}")
            let request = try #require(receiver.requests.first)
            #expect(request.head.method == .CONNECT && request.head.uri == "hooks.example.com:443")
            #expect(request.head.headers["proxy-authorization"] == ["Basic c2VjcmV0"])
        }
    }

    @Test("a receiver that fails is asked five times, and no more")
    func attempts() async throws {
        try await withReceiver(answers: [500, 404, 301, 503, 200]) { receiver in
            try await Self.webhook(receiver).tell("{}")
            #expect(receiver.requests.count == 5)
        }
        try await withReceiver(answers: [500, 500, 500, 500, 500, 200]) { receiver in
            await #expect(throws: HookFault.self) { try await Self.webhook(receiver).tell("{}") }
            #expect(receiver.requests.count == 5)
        }
    }

    @Test(
        "what is not an http or https address is not taken",
        arguments: ["", "example.com", "ftp://example.com", "https://"])
    func address(_ text: String) {
        #expect(Webhook(text, secret: nil) == nil)
    }
}
