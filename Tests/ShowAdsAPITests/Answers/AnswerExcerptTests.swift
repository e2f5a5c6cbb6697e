import NIOCore
import Testing

@testable import ShowAdsAPI

@Suite("The excerpt of an answer")
struct AnswerExcerptTests {
    @Test(
        "is one printable line",
        arguments: [
            ("", ""), ("plain", "plain"), ("  a \r\n\t b  ", "a b"), ("\u{1b}[31mred\u{7}", "[31mred"),
            ("a\u{202e}b\u{2028}c\u{0}d", "a b c d"), ("Žofie 🙂", "Žofie 🙂"),
        ])
    func printable(body: String, expected: String) {
        #expect(AnswerExcerpt.text(ByteBuffer(string: body), hiding: []) == expected)
    }

    @Test("is at most 200 characters long, whatever the body is")
    func length() {
        #expect(AnswerExcerpt.text(ByteBuffer(repeating: UInt8(ascii: "x"), count: 60_000), hiding: []).count == 200)
        #expect(AnswerExcerpt.text(ByteBuffer(repeating: 0xff, count: 60_000), hiding: []).count == 200)
    }

    @Test("gives no secret away that the API echoes")
    func secrets() {
        let text = AnswerExcerpt.text(
            ByteBuffer(string: "bad token-1 for k3y, token-1"), hiding: ["token-1", "k3y", ""])
        #expect(text == "bad … for …, …")
    }

    @Test("names nobody whose record was refused")
    func people() async throws {
        let body = #"{"error":"no visitor VISITOR-7"}"#
        let reply = CannedServer.Reply(
            bytes: "HTTP/1.1 400 X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", closes: false)
        let answer = try await CannedServer.serving(reply) { _, url in
            try await withClient(url) { client in
                await client.send(oneRecord, to: .single) { ["VISITOR-7"] }
            }
        }
        #expect(answer.outcome == .refused(status: 400, answer: #"{"error":"no visitor …"}"#))
        #expect(answer.excerpt == #"{"error":"no visitor …"}"#)
    }

    @Test(
        "a secret is hidden, however the API writes it",
        arguments: [
            #"{"ProjectKey":"AbCd\/EfGh+IjKl=="}"#, #"{"key":"\u0041bCd\/EfGh\u002bIjKl=="}"#,
            "key=AbCd%2fEfGh%2bIjKl%3d%3d", "key=AbCd/EfGh%2BIjKl%3D%3D",
            #"{"a":"{\\\"k\\\":\\\"AbCd\\\/EfGh+IjKl==\\\"}"}"#,
            "<b>AbCd&#x2F;EfGh+IjKl==</b>",
            "key=AbCd%2FEfGh%2BIjKl%3D%3D&x=1", "AbCd/EfGh+IjKl==",
        ])
    func escaped(_ body: String) {
        let text = AnswerExcerpt.text(ByteBuffer(string: body), hiding: ["AbCd/EfGh+IjKl=="])
        #expect(text.contains("…") && !text.contains("EfGh"), "\(text)")
    }

    @Test("a cookie beyond ASCII is hidden, and what is no escape stays")
    func escapedCookie() {
        let body = #"{"cookie":"m\u00fcller-1234","face":"\ud83d\ude00","path":"C:\\x\u00","q":"\""}"#
        let text = AnswerExcerpt.text(ByteBuffer(string: body), hiding: ["müller-1234"])
        #expect(text.hasPrefix(#"{"cookie":"…","face":"😀","path":"C:"#) && !text.contains("1234"), "\(text)")
        let other = #"{"path":"C:\\x","rate":"5%"}"#
        #expect(AnswerExcerpt.text(ByteBuffer(string: other), hiding: ["müller-1234"]) == other, "no secret, no change")
    }

    @Test("of many secrets in a long answer none is shown, not even one that is cut in two")
    func many() {
        let cookies = (0..<1000).map { "\($0)/" + String(repeating: "ü", count: 100) }
        for separator in [",", "\\/"] {
            let body = cookies.joined(separator: separator).replacing("/", with: "\\/")
            let text = AnswerExcerpt.text(ByteBuffer(string: body), hiding: cookies)
            #expect(!text.contains("ü") && text.contains("…"), "\(text)")
        }
    }
}
