import DeliveryStore

/// How long what has its end is kept.
struct RetentionSettings: Sendable {
    var policy: RetentionPolicy
    /// What was delivered from the drop folder; `nil` is forever.
    var files: Duration?

    init(_ layers: SettingLayers) throws {
        policy = RetentionPolicy(
            runs: try Self.duration(.keep, layers, default: RetentionPolicy.defaultRuns),
            failed: try Self.duration(.keepFailed, layers, default: nil))
        files = try Self.duration(.keepFiles, layers, default: nil)
    }

    private enum Limit {
        case after(Duration)
        case never
    }

    private static func duration(
        _ name: SettingName, _ layers: SettingLayers, default other: Duration?
    ) throws -> Duration? {
        let given = try layers.parse(name, "a duration such as 90d or 12h, or forever") { text -> Limit? in
            if text.lowercased() == "forever" { return .never }
            // Whoever writes 90 means days; seconds would remove everything.
            guard text.last?.isLetter == true else { return nil }
            return Duration(argument: text).map(Limit.after)
        }
        return switch given {
        case .after(let duration)?: duration
        case .never?: nil
        case nil: other
        }
    }
}
