/// How many records of a source were not delivered under a list before.
public struct NewRecordCount: Hashable, Codable, Sendable {
    /// New valid records of each age, 0…150; `nil` when there is no such list yet, so that all of them are new.
    public var ages: [Int]?

    public init(ages: [Int]?) { self.ages = ages }
}
