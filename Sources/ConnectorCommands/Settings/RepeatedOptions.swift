/// The options of a command to repeat in a suggested `resume` or `retry`, as they are typed.
enum RepeatedOptions {
    /// What a run does not keep by itself: where it is, where it delivers to, and how fast.
    static func text(_ options: [SettingName: String], configuration: String?) -> String {
        let names: [SettingName] = [
            .stateDir, .journal, .journalFile, .profile, .apiURL, .projectKeyFile, .insecureHTTP, .apiCA,
            .apiClientCert,
            .apiClientKey, .window, .dailyLimit, .rate, .concurrency,
        ]
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
