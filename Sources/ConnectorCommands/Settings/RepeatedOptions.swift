/// The options of a command to repeat in a suggested `resume` or `retry`, as they are typed.
enum RepeatedOptions {
    /// Where the runs are.
    static let place: [SettingName] = [.stateDir, .journal, .journalFile]

    /// What a run does not keep by itself: where it is, where it delivers to, how fast, and when it gives up.
    static let all =
        place + [
            .node, .profile, .apiURL, .projectKeyFile, .insecureHTTP, .apiCA, .apiClientCert, .apiClientKey, .window,
            .dailyLimit, .rate, .concurrency, .timeout, .attempts, .giveUpAfter, .minFree,
        ]

    static func text(
        _ options: [SettingName: String], configuration: String?, of names: [SettingName] = all
    ) -> String {
        let given =
            [configuration.map { ("config", $0) }].compactMap(\.self)
            + names.compactMap { name in options[name].map { (name.rawValue, $0) } }
        return given.map { name, value in
            name == SettingName.insecureHTTP.rawValue ? " --\(name)" : " --\(name) \(quoted(value))"
        }.joined()
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "/._-:@%+=,".unicodeScalars.contains(scalar))
        }
        return isPlain && !value.isEmpty ? value : "'" + value.replacing("'", with: "'\\''") + "'"
    }
}
