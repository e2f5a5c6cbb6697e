import ArgumentParser

/// Options of the HTTP listener, kept as written. Its tokens are never options.
struct ListenerArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Largest upload: bytes, or 500M, 2G (default: 1G).", valueName: "size"))
    var maxUpload: String?

    @Option(
        help: ArgumentHelp(
            "How long /ready reports that it is stopping before it stops on SIGTERM (default: 0).",
            valueName: "duration"))
    var drain: String?

    @Option(help: ArgumentHelp("Certificate chain (PEM) for HTTPS; read again on SIGHUP.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("Key (PEM) of the certificate.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Proxies whose X-Forwarded-For, -Host and -Prefix headers are trusted: addresses or networks.",
            valueName: "addresses"))
    var listenProxies: String?

    @Option(
        help: ArgumentHelp(
            "Limits of the listener, such as places=64,uploads=16,queue-time=3s.", valueName: "name=value,…"))
    var listenLimits: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.maxUpload] = maxUpload
        options[.drain] = drain
        options[.tlsCert] = tlsCert
        options[.tlsKey] = tlsKey
        options[.listenProxies] = listenProxies
        options[.listenLimits] = listenLimits
        return options
    }
}
