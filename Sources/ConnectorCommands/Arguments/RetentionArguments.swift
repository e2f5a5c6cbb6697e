import ArgumentParser

/// How long things are kept.
struct RetentionArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Remove runs this long after they ended for good: 90d, 12h, forever (default: 90d).", valueName: "duration")
    )
    var keep: String?

    @Option(
        help: ArgumentHelp(
            "Also remove runs whose failed records were neither delivered nor dismissed for this long (default: forever).",
            valueName: "duration"))
    var keepFailed: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.keep] = keep
        options[.keepFailed] = keepFailed
        return options
    }
}
