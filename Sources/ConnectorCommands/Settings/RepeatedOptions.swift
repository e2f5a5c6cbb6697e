/// The options of a command to repeat in a suggested `resume` or `retry`, as they are typed.
enum RepeatedOptions {
    /// What a run does not keep by itself: where it is, where it delivers to, and how fast.
    static func text(_ options: [SettingName: String]) -> String {
        let names: [SettingName] = [
            .stateDir, .journal, .journalFile, .profile, .apiURL, .projectKeyFile, .insecureHTTP, .apiCA,
            .apiClientCert,
            .apiClientKey, .window, .dailyLimit, .rate, .concurrency,
        ]
        return names.compactMap { name in
            guard let value = options[name] else { return nil }
            guard name != .insecureHTTP else { return " --\(name.rawValue)" }
            let isPlain = value.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "/._-:@%+=,".unicodeScalars.contains($0))
            }
            return " --\(name.rawValue) " + (isPlain ? value : "'" + value.replacing("'", with: "'\\''") + "'")
        }.joined()
    }
}
