import ArgumentParser
import DeliveryModel
import Foundation
import HTTPListener

/// What can be set of the HTTP listener, beside its address.
struct ListenerSettings: Sendable {
    var tokens: [ListenerToken]
    /// Read again on SIGHUP.
    var tokenFile: String?
    var isInsecure: Bool
    /// Names, beside its address, by which clients reach the listener.
    var hosts: [String]
    /// Addresses and networks of the proxies before it.
    var proxies: [String]
    var ignoresUnknownFields: Bool
    var limits: ListenerLimits
    /// How long `/ready` says that it is stopping before it stops.
    var drain: Duration
    var tls: ServerCertificateFiles?

    init(_ layers: SettingLayers) throws {
        tokens =
            try layers.parse(
                .listenToken,
                "a token: at least \(ListenerToken.minimumLength) printable ASCII characters without spaces",
                ListenerToken.list) ?? []
        tokenFile = try layers.string(.listenTokenFile)
        if let tokenFile { tokens += try Self.tokens(of: tokenFile) }
        isInsecure = try layers.flag(.listenInsecure)
        hosts = try Self.list(layers, .listenHosts)
        proxies = try Self.list(layers, .listenProxies)
        ignoresUnknownFields =
            try layers.parse(.listenUnknownFields, "ignore or refuse") { text in
                ["ignore": true, "refuse": false][text.lowercased()]
            } ?? false
        limits = try layers.parse(.listenLimits, Self.limitsText, Self.limits) ?? ListenerLimits()
        limits.uploadBytes =
            try layers.parse(.maxUpload, "a size such as 500M or 2G", Settings.bytes) ?? 1 << 30
        drain =
            try layers.parse(.drain, "a duration such as 0, 30s or 2m") { text in
                text == "0" ? .zero : Duration(argument: text)
            } ?? .zero
        switch (try layers.string(.tlsCert), try layers.string(.tlsKey)) {
        case (let certificate?, let key?): tls = ServerCertificateFiles(certificate: certificate, key: key)
        case (nil, nil): tls = nil
        default: throw ValidationError("--tls-cert and --tls-key go together: specify both or neither.")
        }
    }

    /// The tokens of a file, one a line.
    static func tokens(of path: String) throws -> [ListenerToken] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeliveryError(.configuration, "The token file \(path) can't be read.")
        }
        return try ListenerToken.lines(String(decoding: data, as: UTF8.self), of: path)
    }

    private static func list(_ layers: SettingLayers, _ name: SettingName) throws -> [String] {
        let items = try layers.string(name)?.split(separator: ",") ?? []
        return items.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    // MARK: Limits

    private static let numbers: [(name: String, field: any WritableKeyPath<ListenerLimits, Int> & Sendable)] = [
        ("places", \.places), ("uploads", \.uploads), ("places-per-client", \.placesPerClient),
        ("uploads-per-client", \.uploadsPerClient), ("queue", \.queue),
        ("waiting-records", \.waitingRecords), ("waiting-files", \.waitingFiles), ("connections", \.openConnections),
        ("connections-per-client", \.openConnectionsPerClient), ("body-rate", \.bodyRate),
        ("header-bytes", \.headerBytes), ("header-fields", \.headerFields), ("record-bytes", \.recordBytes),
    ]

    private static let times: [(name: String, field: any WritableKeyPath<ListenerLimits, Duration> & Sendable)] = [
        ("header-time", \.headerTimeout), ("body-time", \.bodyTimeout), ("idle-time", \.idleTimeout),
        ("queue-time", \.queueTime), ("answer-time", \.answerTimeout), ("record-wait", \.outcomeWait),
        ("file-wait", \.fileOutcomeWait), ("longest-wait", \.longestWait),
    ]

    private static let limitsText =
        "a list such as places=64,queue-time=3s of: "
        + (numbers.map(\.name) + times.map(\.name)).joined(separator: ", ")

    private static func limits(_ text: String) -> ListenerLimits? {
        var limits = ListenerLimits()
        for item in text.split(separator: ",") {
            let pair = item.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { return nil }
            if let number = numbers.first(where: { $0.name == pair[0] }) {
                guard let value = Int(pair[1]), value > 0, value <= 1 << 30 else { return nil }
                limits[keyPath: number.field] = value
            } else if let time = times.first(where: { $0.name == pair[0] }) {
                guard let value = Duration(argument: pair[1]) else { return nil }
                limits[keyPath: time.field] = value
            } else {
                return nil
            }
        }
        return limits
    }
}

/// Where the HTTP listener listens.
struct ListenAddress: Hashable, Sendable {
    var host: String
    var port: Int

    init(host: String = "127.0.0.1", port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `PORT`, `:PORT`, `HOST:PORT` or `[IPv6]:PORT`.
    init?(argument: String) {
        var host = "127.0.0.1"
        var digits = argument[...]
        if let colon = argument.lastIndex(of: ":") {
            let name = argument[..<colon]
            digits = argument[argument.index(after: colon)...]
            if name.hasPrefix("["), name.hasSuffix("]") {
                host = String(name.dropFirst().dropLast())
                guard !host.isEmpty else { return nil }
            } else if !name.isEmpty {
                host = String(name)
            }
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (0...65535).contains(port)
        else { return nil }
        self.init(host: host, port: port)
    }
}
