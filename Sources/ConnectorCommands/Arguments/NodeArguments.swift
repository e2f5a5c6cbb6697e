import ArgumentParser

/// How a process takes part in a shared journal.
struct NodeArguments: ParsableArguments {
    @Option(help: ArgumentHelp("This node's name in a shared journal (default: the host's).", valueName: "name"))
    var node: String?

    @Option(
        help: ArgumentHelp(
            "How long a node may be silent before others take its runs over, 5s…5m (default: 15s).",
            valueName: "duration"))
    var lease: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.node] = node
        options[.lease] = lease
        return options
    }
}
