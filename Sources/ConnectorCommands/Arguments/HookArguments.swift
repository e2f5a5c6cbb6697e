import ArgumentParser

/// What is told when a run has ended.
struct HookArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Run a command when a run ends, with the JSON summary on its standard input. No shell: arguments are split at white space.",
            valueName: "command"))
    var onEnd: String?

    @Option(help: ArgumentHelp("POST the JSON summary to this address when a run ends.", valueName: "url"))
    var webhook: String?

    @Option(
        help: ArgumentHelp(
            "File with the secret that signs the webhook's bodies (X-Signature-SHA256).", valueName: "file"))
    var webhookSecretFile: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.onEnd] = onEnd
        options[.webhook] = webhook
        options[.webhookSecretFile] = webhookSecretFile
        return options
    }
}
