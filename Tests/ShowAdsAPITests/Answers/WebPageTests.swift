import ShowAdsAPI
import ShowAdsSandbox
import Testing

@Suite("A web page in place of an answer")
struct WebPageTests {
    private static func outcome(of body: String, status: Int = 200) async throws -> APIResponse {
        let reply = CannedServer.Reply(
            bytes: "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", closes: false)
        return try await CannedServer.serving(reply) { _, url in
            try await withClient(url) { client in await client.send(oneRecord, to: .single) }
        }
    }

    @Test(
        "may have been applied, and is told from an answer of the API",
        arguments: [
            "<!DOCTYPE html>", "<!doctype html><html>", "<html>", "<HTML lang=\"en\">", "\u{feff}<!DOCTYPE HTML>",
            "\r\n\t <html>", "\u{feff} \n<HtMl>",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML\">",
            "<!-- x -->\n<!--<a>--><html>", "<head><meta http-equiv=\"refresh\">",
        ], [200, 201])
    func page(body: String, status: Int) async throws {
        let answer = try await Self.outcome(of: body, status: status)
        #expect(answer.outcome.fault?.kind == .webPage(status: status))
        #expect(answer.outcome.mayHaveBeenApplied == true)
        #expect(answer.label == "web_page")
        #expect(answer.cause == "a web page (\(status)) answers instead of the API at \(answer.peer)")
    }

    @Test(
        "another body is an answer of the API",
        arguments: [
            "", "{}", "<", "<htm", "<!DOCTYPE xml>", "{\"page\": \"<html>\"}", "x<html>", "<?xml?><answer>",
            "\u{a0}<html>", "<!-- <html>", "<!-- x --><answer>",
        ])
    func noPage(body: String) async throws {
        #expect(try await Self.outcome(of: body).outcome == .applied)
    }

    @Test("of a login is a fault that puts nothing in doubt")
    func login() async throws {
        let behavior = SandboxBehavior(loginScript: [.webPage])
        try await withAPI(behavior) { client, sandbox in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.phase == .auth)
            #expect(answer.outcome.fault?.kind == .webPage(status: 200))
            #expect(answer.outcome.mayHaveBeenApplied == false)
            #expect(sandbox.statistics.count("/banners/show") == 0)
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
        }
    }
}
