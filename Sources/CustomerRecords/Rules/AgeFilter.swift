/// The ages, in years and both bounds inclusive, whose records are sent.
public struct AgeFilter: Codable, Hashable, Sendable {
    public static let defaultMinimum = 18

    public var minimum: Int
    /// `nil` means no upper bound.
    public var maximum: Int?

    public init(minimum: Int = Self.defaultMinimum, maximum: Int? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether some age can pass: a minimum above the maximum is a usage error.
    public var isSatisfiable: Bool { maximum.map { minimum <= $0 } ?? true }

    @inlinable
    public func accepts(_ age: Int) -> Bool {
        age >= minimum && age <= (maximum ?? .max)
    }
}
