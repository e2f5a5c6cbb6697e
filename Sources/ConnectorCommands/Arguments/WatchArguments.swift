import ArgumentParser

/// The drop folder.
struct WatchArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Watch a drop folder: deliver each file once it stops changing, then move it to delivered/ or failed/.",
            valueName: "dir"))
    var watch: String?

    @Option(
        help: ArgumentHelp(
            "Names to take from the drop folder; may be repeated (default: *.csv *.tsv *.txt, each also .gz).",
            valueName: "glob"))
    var pattern: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take a file once it hasn't changed for this long: 5s, 1m (default: 5s).", valueName: "duration"))
    var settle: String?

    @Option(
        help: ArgumentHelp(
            "What happens to a file whose content was delivered before: skip moves it to delivered/ unsent, fail to failed/, send sends it again (default: skip).",
            valueName: "skip|send|fail"))
    var duplicates: String?

    @Option(
        help: ArgumentHelp(
            "Remove files from delivered/ after this long: 30d, 12h, forever (default: forever).",
            valueName: "duration"))
    var keepFiles: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.watch] = watch
        options[.settle] = settle
        options[.duplicates] = duplicates
        options[.keepFiles] = keepFiles
        if !pattern.isEmpty { options[.pattern] = pattern.joined(separator: "\n") }
        return options
    }
}
