/// How many records were not sent, by reason.
public struct RecordTally: Codable, Hashable, Sendable {
    private var malformed = 0
    private var name = 0
    private var age = 0
    private var cookie = 0
    private var bannerID = 0
    private var ageFilter = 0
    private var repeated = 0
    private var deliveredBefore = 0

    public init() {}

    public subscript(reason: ReasonCode) -> Int {
        get {
            switch reason {
            case .malformed: malformed
            case .name: name
            case .age: age
            case .cookie: cookie
            case .bannerID: bannerID
            case .ageFilter: ageFilter
            case .repeated: repeated
            case .deliveredBefore: deliveredBefore
            }
        }
        set {
            switch reason {
            case .malformed: malformed = newValue
            case .name: name = newValue
            case .age: age = newValue
            case .cookie: cookie = newValue
            case .bannerID: bannerID = newValue
            case .ageFilter: ageFilter = newValue
            case .repeated: repeated = newValue
            case .deliveredBefore: deliveredBefore = newValue
            }
        }
    }

    /// Records that break a rule.
    public var rejected: Int { malformed + name + age + cookie + bannerID }

    /// Records that follow every rule and are left out, as the operator wants it.
    public var filtered: Int { ageFilter + repeated + deliveredBefore }

    public static func + (left: RecordTally, right: RecordTally) -> RecordTally {
        var sum = left
        sum += right
        return sum
    }

    public static func += (left: inout RecordTally, right: RecordTally) {
        left.malformed += right.malformed
        left.name += right.name
        left.age += right.age
        left.cookie += right.cookie
        left.bannerID += right.bannerID
        left.ageFilter += right.ageFilter
        left.repeated += right.repeated
        left.deliveredBefore += right.deliveredBefore
    }
}
