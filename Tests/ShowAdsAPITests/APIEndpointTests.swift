import DeliveryModel
import Testing

@testable import ShowAdsAPI

@Suite("The API's address")
struct APIEndpointTests {
    @Test(
        "is taken with and without slash, prefix and port",
        arguments: [
            ("https://ads.example.com", "ads.example.com", "https://ads.example.com/auth"),
            ("https://ads.example.com/", "ads.example.com", "https://ads.example.com/auth"),
            ("https://ads.example.com/v1/", "ads.example.com", "https://ads.example.com/v1/auth"),
            ("https://ads.example.com/a/b%20c//", "ads.example.com", "https://ads.example.com/a/b%20c/auth"),
            ("HTTPS://Ads.Example.com:8443", "ads.example.com:8443", "https://ads.example.com:8443/auth"),
            ("  https://ads.example.com  ", "ads.example.com", "https://ads.example.com/auth"),
            ("http://127.0.0.1:9900", "127.0.0.1:9900", "http://127.0.0.1:9900/auth"),
            ("http://127.8.9.1/x", "127.8.9.1", "http://127.8.9.1/x/auth"),
            ("http://localhost:80", "localhost:80", "http://localhost:80/auth"),
            ("http://[::1]:9900/", "[::1]:9900", "http://[::1]:9900/auth"),
        ])
    func accepted(url: String, host: String, address: String) throws {
        let endpoint = try APIEndpoint(url)
        #expect(endpoint.host == host)
        #expect(endpoint.address(of: "/auth") == address)
    }

    @Test(
        "is refused with a line that says why",
        arguments: [
            ("", "is not a URL"),
            ("nonsense", "is not a URL"),
            ("ads.example.com/v1", "is not a URL"),
            ("https://exa mple.com", "is not a URL"),
            ("https://ads.example.com\nX: y", "is not a URL"),
            ("https://ads.example.com/a b", "is not a URL"),
            ("ftp://ads.example.com", "ftp:"),
            ("file:///etc/passwd", "file:"),
            ("https:///v1", "names no host"),
            ("https:v1", "names no host"),
            ("https://user:secret@ads.example.com", "user name or password"),
            ("https://@ads.example.com", "user name or password"),
            ("https://ads.example.com/?a=b", "query or fragment"),
            ("https://ads.example.com/#top", "query or fragment"),
            ("https://ads.example.com:0", "impossible port"),
            ("https://ads.example.com:99999", "impossible port"),
            ("http://ads.example.com", "not encrypted"),
            ("http://128.0.0.1", "not encrypted"),
            ("http://127.0.0.1.example.com", "not encrypted"),
            ("http://localhost.example.com", "not encrypted"),
            ("http://127.0.0", "not encrypted"),
        ])
    func refused(url: String, reason: String) {
        do throws(DeliveryError) {
            _ = try APIEndpoint(url)
            Issue.record("\(url) was taken")
        } catch {
            #expect(error.code == .configuration)
            #expect(error.message.contains(reason))
            #expect(!error.message.contains("\n"))
            #expect(!error.message.contains("secret"))
        }
    }

    @Test(
        "is the same in any spelling",
        arguments: [
            [
                "https://ads.example.com", "HTTPS://Ads.Example.COM/", "https://ads.example.com:443",
                " https://ads.example.com.//",
            ],
            [
                "https://ads.example.com/v1", "https://ads.example.com/v1/", "https://ads.example.com:443/%76%31//",
                "https://ads.example.com/x/../v1/.",
            ],
            ["https://ads.example.com/a%2Fb", "https://ads.example.com/a%2fb/"],
            ["http://127.0.0.1:80", "http://127.0.0.1"],
            ["http://[::1]:9900", "http://[0:0:0:0:0:0:0:1]:9900/"],
        ])
    func normalized(urls: [String]) throws {
        let all = try Set(urls.map { try APIEndpoint($0).address })
        #expect(all.count == 1, "\(all)")
    }

    @Test("differs by scheme, host, port and path, and by the path's case")
    func different() throws {
        let urls = [
            "https://ads.example.com", "http://ads.example.com", "https://ads.example.com:8443",
            "https://ads.example.com/v1", "https://ads.example.com/V1", "https://ads.example.com/a/b",
            "https://ads.example.com/a%2Fb", "https://ads2.example.com", "https://127.0.0.1", "https://localhost",
        ]
        #expect(try Set(urls.map { try APIEndpoint($0, allowsInsecureHTTP: true).address }).count == urls.count)
    }

    @Test("may be unencrypted when that is allowed")
    func insecure() throws {
        #expect(try APIEndpoint("http://ads.example.com", allowsInsecureHTTP: true).host == "ads.example.com")
    }
}

@Suite("The project key")
struct ProjectKeyTests {
    @Test("never shows, however it is printed")
    func redaction() throws {
        struct Settings { var key: ProjectKey }
        let key = try ProjectKey("s3cret")
        var dumped = ""
        dump(Settings(key: key), to: &dumped)
        let texts = ["\(key)", String(reflecting: key), "\(Settings(key: key))", String(reflecting: [key]), dumped]
        for text in texts { #expect(!text.contains("s3cret")) }
    }

    @Test("is refused when it could not be one", arguments: ["", "a\nb", "key\n", "a\u{0}b", "a\u{7f}"])
    func refused(key: String) {
        do throws(DeliveryError) {
            _ = try ProjectKey(key)
            Issue.record("taken")
        } catch {
            #expect(error.code == .configuration)
        }
    }
}
