public import DeliveryModel

/// Everything that a `Sandbox` can do wrong: the faults that the user interface switches, and the rarer ones that prove
/// a client.
///
/// Rates are shares of the banner requests, 0…1. `faults.errorRate` is spread evenly: with 0.1 every tenth request
/// fails, so that no run is spoilt by bad luck. The others are drawn from the sandbox's seed.
public struct SandboxBehavior: Hashable, Sendable {
    public var faults: SimulatedFaults
    /// Answered 500 although the records were applied.
    public var appliedErrorRate: Double
    /// The connection is reset without an answer, nothing applied.
    public var resetRate: Double
    /// The connection is reset without an answer although the records were applied.
    public var appliedResetRate: Double
    /// Never answered; the connection stays open.
    public var hangRate: Double
    /// How many banner requests a token serves before it is refused; `nil` means no limit.
    public var tokenUses: Int?
    /// Requests that hold one of these cookies are answered 400.
    public var refusedCookies: Set<String>
    /// Requests that hold a cookie that is not a UUID are answered 400.
    public var requiresUUIDs: Bool
    /// The `Retry-After` of a 429 is an HTTP date instead of seconds.
    public var retryAfterIsDate: Bool
    /// A success carries a body that is not JSON.
    public var answersGarbage: Bool
    /// Banner requests get 200 with a web page, as from a portal in between, nothing applied.
    public var answersWebPage: Bool
    /// What the next banner requests are answered, in order, before anything else is looked at.
    public var bannerScript: [ScriptedAnswer]
    /// The same for logins.
    public var loginScript: [ScriptedAnswer]

    public init(
        faults: SimulatedFaults = SimulatedFaults(), appliedErrorRate: Double = 0, resetRate: Double = 0,
        appliedResetRate: Double = 0, hangRate: Double = 0, tokenUses: Int? = nil, refusedCookies: Set<String> = [],
        requiresUUIDs: Bool = false, retryAfterIsDate: Bool = false, answersGarbage: Bool = false,
        answersWebPage: Bool = false, bannerScript: [ScriptedAnswer] = [], loginScript: [ScriptedAnswer] = []
    ) {
        self.faults = faults
        self.appliedErrorRate = appliedErrorRate
        self.resetRate = resetRate
        self.appliedResetRate = appliedResetRate
        self.hangRate = hangRate
        self.tokenUses = tokenUses
        self.refusedCookies = refusedCookies
        self.requiresUUIDs = requiresUUIDs
        self.retryAfterIsDate = retryAfterIsDate
        self.answersGarbage = answersGarbage
        self.answersWebPage = answersWebPage
        self.bannerScript = bannerScript
        self.loginScript = loginScript
    }

    func refuses(_ cookie: String) -> Bool {
        refusedCookies.contains(cookie) || (faults.refusesMarkedCookies && cookie.hasPrefix("refuse-"))
            || (requiresUUIDs && !Self.isUUID(cookie))
    }

    private static func isUUID(_ cookie: String) -> Bool {
        let groups = cookie.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }
}
