import ArgumentParser

/// How a process takes part in a shared journal.
struct NodeArguments: ParsableArguments {
    @Option(help: ArgumentHelp("This node's name in a shared journal (default: the host's).", valueName: "name"))
    var node: String?

    @Option(
        help: ArgumentHelp(
            "How long a node may be silent before others take over its runs, 5s…5m (default: 15s).",
            valueName: "duration"))
    var lease: String?

    @Option(
        help: ArgumentHelp(
            "Copy local files up to this size into a shared journal while they are delivered, so that any node can "
                + "continue them; 0 copies none (default: 1G).",
            valueName: "size"))
    var shareLimit: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.node] = node
        options[.lease] = lease
        options[.shareLimit] = shareLimit
        return options
    }
}
