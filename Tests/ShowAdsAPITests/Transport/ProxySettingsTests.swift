import DeliveryModel
import ShowAdsAPI
import Testing

@Suite("The environment names the way out")
struct ProxySettingsTests {
    private static func peer(
        _ environment: [String: String], _ host: String = "ads.example.com", usesTLS: Bool = true, port: Int = 443
    ) throws -> String? {
        try ProxySettings(environment: environment).proxy(usesTLS: usesTLS, host: host, port: port)?.peer
    }

    @Test("each scheme has its proxy, and lower case comes first")
    func schemes() throws {
        let both = ["HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:2"]
        #expect(try Self.peer(both) == "secure:1")
        #expect(try Self.peer(both, usesTLS: false, port: 80) == "plain:2")
        #expect(try Self.peer(["HTTP_PROXY": "http://plain:2"]) == nil)
        #expect(try Self.peer(["https_proxy": "low:1", "HTTPS_PROXY": "high:2"]) == "low:1")
        #expect(try Self.peer(["https_proxy": "", "HTTPS_PROXY": "high:2"]) == "high:2")
        #expect(try Self.peer([:]) == nil)
    }

    @Test(
        "an address may have a password, no scheme, no port, or brackets",
        arguments: [
            ("http://proxy.example.com:3128/", "proxy.example.com:3128"), ("proxy.example.com", "proxy.example.com:80"),
            ("http://jane:s3cret%40@proxy:3128", "proxy:3128"), ("http://[::1]:3128", "[::1]:3128"),
        ])
    func addresses(text: String, peer: String) throws {
        #expect(try Self.peer(["HTTPS_PROXY": text]) == peer)
    }

    @Test("a password is decoded, sent, and never shown")
    func password() throws {
        let settings = try ProxySettings(environment: ["HTTPS_PROXY": "http://jane:s3cret%40@proxy:3128"])
        let proxy = try #require(settings.proxy(usesTLS: true, host: "ads.example.com", port: 443))
        #expect(proxy.authorization == "Basic amFuZTpzM2NyZXRA")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(proxy)", String(reflecting: proxy), "\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("s3cret") && !text.contains("amFu"))
        }
    }

    @Test(
        "what is not a proxy's address is an error that names the variable and not its value",
        arguments: [
            "ftp://secret:1", "https://secret:1", "socks5://secret:1", "http://", "http://secret:99999",
            "http://secret/path", "a secret",
        ])
    func wrong(text: String) {
        let error = #expect(throws: DeliveryError.self) {
            _ = try ProxySettings(environment: ["https_proxy": text])
        }
        #expect(error?.message.contains("https_proxy") == true)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.code == .configuration)
    }

    @Test("this machine is never reached through a proxy", arguments: ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
    func loopback(host: String) throws {
        #expect(try Self.peer(["HTTPS_PROXY": "proxy:1"], host) == nil)
    }

    @Test(
        "NO_PROXY excepts hosts, domains, networks and ports",
        arguments: [
            ("*", "ads.example.com", true), ("example.com", "example.com", true),
            ("example.com", "ads.example.com", true),
            (".example.com", "ads.example.com", true), ("*.example.com", "ads.example.com", true),
            ("EXAMPLE.com", "Ads.Example.Com", true), ("ple.com", "ads.example.com", false),
            ("ads.example.com:443", "ads.example.com", true), ("ads.example.com:8443", "ads.example.com", false),
            ("other.test, ads.example.com", "ads.example.com", true), ("a b ads.example.com", "ads.example.com", true),
            ("10.0.0.0/8", "10.2.3.4", true), ("10.0.0.0/8", "11.2.3.4", false), ("10.1.2.3", "10.1.2.3", true),
            ("192.168.4.0/22", "192.168.7.9", true), ("192.168.4.0/22", "192.168.8.9", false),
            ("2001:db8::/32", "2001:db8::7", true), ("[2001:db8::1]:443", "2001:db8::1", true),
            ("2001:db8::1", "2001:db8:0::1", true), ("2001:db8::1", "ads.example.com", false),
            ("example.com", "example.com.", true), ("", "ads.example.com", false), (",, ,", "ads.example.com", false),
            ("10.0.0.0/99", "10.2.3.4", false),
        ])
    func exceptions(list: String, host: String, isDirect: Bool) throws {
        let peer = try Self.peer(["HTTPS_PROXY": "proxy:1", "NO_PROXY": list], host)
        #expect(peer == (isDirect ? nil : "proxy:1"))
    }
}
