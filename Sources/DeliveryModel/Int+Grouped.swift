extension Int {
    /// The number with its digits in groups of three: `1,234,567`.
    public var grouped: String {
        var digits = String(self)
        var index = digits.count - 3
        while index > (self < 0 ? 1 : 0) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}
