/// How long a client wants to wait for the outcome of what it submits: the preferences `respond-async` and `wait` of
/// RFC 7240. Others, and what can't be read, are ignored, as that says.
struct WaitPreference: Hashable {
    /// Answer as soon as the submission is durable.
    var respondsAsync = false
    /// Seconds.
    var wait: Int?

    init(_ fields: [String]) {
        for field in fields {
            // Fast path: nearly every client that sends the header sends exactly this.
            if field == "respond-async" {
                respondsAsync = true
                continue
            }
            for preference in field.split(separator: ",") {
                let pair = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                guard let name = pair.first?.trimmingSpaces.lowercased() else { continue }
                switch name {
                case "respond-async": respondsAsync = true
                case "wait":
                    guard wait == nil, pair.count == 2 else { continue }
                    let value = pair[1].trimmingSpaces.drop { $0 == "\"" }.prefix { $0 != "\"" }
                    guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
                    wait = Int(value) ?? .max
                default: continue
                }
            }
        }
    }

    /// How long to wait.
    func limit(default standard: Duration, longest: Duration) -> Duration {
        if respondsAsync { return .zero }
        guard let wait else { return standard }
        return min(longest, .seconds(min(wait, 1_000_000)))
    }

    /// What the answer says of it in `Preference-Applied`.
    func applied(longest: Duration) -> String? {
        if respondsAsync { return "respond-async" }
        return wait.map { "wait=\(min($0, Int(longest.components.seconds)))" }
    }
}
