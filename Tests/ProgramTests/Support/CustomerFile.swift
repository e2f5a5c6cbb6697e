import DeliveryModel

/// The text of a CSV whose verdicts are known.
struct CustomerFile: Sendable {
    static let header = "name,age,cookie,banner_id\n"
    private(set) var text = Self.header
    /// Cookies of the records that have to arrive.
    private(set) var valid: Set<String> = []
    private(set) var rejected = 0
    private(set) var filtered = 0

    var read: Int { valid.count + rejected + filtered }

    /// Valid records only.
    init(valid count: Int) {
        for row in 0..<count { addValid(row) }
    }

    /// Of a hundred records about three are rejected, three filtered, and the rest valid.
    init(mixed count: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for row in 0..<count {
            switch random.next() % 100 {
            case 0..<3:
                text += "Under_Score,25,rejected-\(row),1\n"
                rejected += 1
            case 3..<6:
                text += "Young Person,7,filtered-\(row),1\n"
                filtered += 1
            default: addValid(row)
            }
        }
    }

    private mutating func addValid(_ row: Int) {
        text += "Jane Doe,30,cookie-\(row),\(row % 100)\n"
        valid.insert("cookie-\(row)")
    }
}
