import DeliveryModel

/// The body of `POST /__faults`: what it names is changed, the rest stays.
struct BehaviorChange: Decodable {
    var latency: Double?
    var jitter: Double?
    var errorRate: Double?
    var rateLimit: Double?
    var retryAfter: Double?
    var tokenLifetime: Double?
    var outage: Bool?
    var refusesMarkedCookies: Bool?
    var appliedErrorRate: Double?
    var resetRate: Double?
    var appliedResetRate: Double?
    var hangRate: Double?
    var tokenUses: Int?
    var refusedCookies: Set<String>?
    var requiresUUIDs: Bool?
    var retryAfterIsDate: Bool?
    var answersGarbage: Bool?
    var answersWebPage: Bool?
    /// Statuses with commas between.
    var script: String?
    var authScript: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case latency, jitter, outage, script
        case errorRate = "error_rate"
        case rateLimit = "rate_limit"
        case retryAfter = "retry_after"
        case tokenLifetime = "token_lifetime"
        case refusesMarkedCookies = "refuse_marked"
        case appliedErrorRate = "applied_500_rate"
        case resetRate = "reset_rate"
        case appliedResetRate = "applied_reset_rate"
        case hangRate = "hang_rate"
        case tokenUses = "token_uses"
        case refusedCookies = "poison"
        case requiresUUIDs = "uuid"
        case retryAfterIsDate = "retry_after_date"
        case answersGarbage = "garbage"
        case answersWebPage = "web_page"
        case authScript = "auth_script"
    }

    /// What can be changed, by the names that a body has.
    static let names = Set(CodingKeys.allCases.map(\.rawValue))

    /// A limit of 0 lifts it.
    func apply(to behavior: inout SandboxBehavior) {
        func change<Value>(_ path: WritableKeyPath<SandboxBehavior, Value>, to value: Value?) {
            if let value { behavior[keyPath: path] = value }
        }
        change(\.faults.latency, to: latency)
        change(\.faults.jitter, to: jitter)
        change(\.faults.errorRate, to: errorRate)
        change(\.faults.rateLimit, to: rateLimit.map { $0 > 0 ? $0 : nil })
        change(\.faults.retryAfter, to: retryAfter.map { $0 >= 0 ? $0 : nil })
        change(\.faults.tokenLifetime, to: tokenLifetime.map { $0 > 0 ? $0 : nil })
        change(\.faults.outage, to: outage)
        change(\.faults.refusesMarkedCookies, to: refusesMarkedCookies)
        change(\.appliedErrorRate, to: appliedErrorRate)
        change(\.resetRate, to: resetRate)
        change(\.appliedResetRate, to: appliedResetRate)
        change(\.hangRate, to: hangRate)
        change(\.tokenUses, to: tokenUses.map { $0 > 0 ? $0 : nil })
        change(\.refusedCookies, to: refusedCookies)
        change(\.requiresUUIDs, to: requiresUUIDs)
        change(\.retryAfterIsDate, to: retryAfterIsDate)
        change(\.answersGarbage, to: answersGarbage)
        change(\.answersWebPage, to: answersWebPage)
        change(\.bannerScript, to: script.map(Self.statuses))
        change(\.loginScript, to: authScript.map(Self.statuses))
    }

    private static func statuses(_ text: String) -> [ScriptedAnswer] {
        text.split(separator: ",").compactMap { Int($0).map(ScriptedAnswer.status) }
    }
}
